#!/usr/bin/env python3
"""Refresh static/vendor from npm. For maintainers: needs npm; nothing at set-up or run time does.

Writes the files, their licences, one sprite with the icons in ICONS, and VENDOR.json: for each package its version, the
integrity that npm states, and the SHA-256 of every file written. `--icons` rebuilds the sprite alone, after a change to
ICONS.
"""

import argparse
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "static" / "vendor"
FILES = {
    "@tabler/core@1.6.1": {"package/dist/css/tabler.min.css": "tabler/tabler.min.css"},
    "htmx.org@2.0.11": {"package/dist/htmx.min.js": "htmx/htmx.min.js", "package/LICENSE": "htmx/LICENSE"},
    "echarts@6.1.0": {
        "package/dist/echarts.common.min.js": "echarts/echarts.common.min.js",
        "package/LICENSE": "echarts/LICENSE",
        "package/NOTICE": "echarts/NOTICE",
        "package/licenses/LICENSE-d3": "echarts/LICENSE-d3",
    },
    "zrender@6.1.0": {"package/LICENSE": "echarts/LICENSE-zrender"},  # compiled into ECharts
    "@fontsource-variable/inter@5.3.0": {
        "package/files/inter-latin-wght-normal.woff2": "inter/inter-latin-wght-normal.woff2",
        "package/LICENSE": "inter/LICENSE",
    },
    "bpmn-js@18.31.1": {
        "package/dist/bpmn-modeler.production.min.js": "bpmn-js/bpmn-modeler.production.min.js",
        "package/dist/bpmn-navigated-viewer.production.min.js": "bpmn-js/bpmn-navigated-viewer.production.min.js",
        "package/dist/assets/diagram-js.css": "bpmn-js/diagram-js.css",
        "package/dist/assets/bpmn-js.css": "bpmn-js/bpmn-js.css",
        "package/dist/assets/bpmn-font/css/bpmn-codes.css": "bpmn-js/bpmn-codes.css",
        "package/dist/assets/bpmn-font/font/bpmn.woff2": "bpmn-js/bpmn.woff2",
        "package/LICENSE": "bpmn-js/LICENSE",
    },
    "bpmn-font@0.12.1": {
        "package/LICENSE": "bpmn-js/LICENSE-bpmn-font"
    },  # the newest that npm has; bpmn-js brings the font
}
ICON_PACKAGE = "@tabler/icons@3.51.0"
ICONS = """
activity adjustments adjustments-horizontal alarm alert-circle alert-octagon alert-triangle api archive
arrow-back-up arrow-down arrow-left arrow-narrow-down arrow-narrow-up arrow-right arrow-up arrows-exchange
arrows-sort at ban bell bell-off bolt book bookmark bookmarks briefcase bug building building-bank
building-community building-store bulb calculator calendar calendar-due calendar-event calendar-stats cash
chart-area chart-arrows-vertical chart-bar chart-dots chart-histogram chart-line chart-pie check checklist
checks chevron-down chevron-left chevron-right chevron-up circle circle-check circle-dashed circle-x clipboard
clipboard-check clipboard-list clipboard-text clock clock-pause cloud-upload coin coins columns command copy
credit-card currency-dollar currency-yuan dashboard database database-import device-desktop device-mobile
devices discount dots dots-vertical download edit external-link eye eye-off file file-alert file-analytics
file-check file-code file-description file-export file-import file-spreadsheet file-text file-x filter
filter-off fingerprint flag flame forms gauge gavel gift git-branch git-compare grid-dots heart-handshake
help-circle hierarchy history home hourglass id id-badge inbox info-circle key keyboard language
layout-dashboard layout-grid layout-sidebar-right-expand link list list-check list-details list-search loader
lock lock-open logout mail map-pin medal menu-2 message message-2 messages minus mood-empty mood-smile moon
moon-stars note notes package pencil percentage phone phone-call pin player-pause player-play player-stop
plug-connected plus point presentation printer progress-check qrcode receipt receipt-2 refresh refresh-alert
repeat report report-analytics report-money rotate route scale scan school search select send server server-2
settings share shield shield-check shield-exclamation shield-half shield-lock shield-off shopping-cart sitemap
sort-ascending sort-descending speakerphone stack-2 star sun switch-horizontal table table-export table-import
tag tags target target-arrow ticket timeline toggle-left tool transfer trash trending-down trending-up trophy
umbrella upload user user-check user-circle user-cog user-exclamation user-off user-plus user-search
user-shield users users-group versions wallet webhook wifi-off world x zoom-question
""".split()  # noqa: SIM905 two hundred names read better so

# The package carries no licence file; its package.json says MIT and its repository holds this text.
TABLER_LICENCE = """MIT License

Copyright (c) 2018-2026 The Tabler Authors

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--icons", action="store_true", help="rebuild the icon sprite alone")
    only_icons = parser.parse_args().icons
    manifest = json.loads((OUT / "VENDOR.json").read_text()) if only_icons else {}
    with tempfile.TemporaryDirectory() as folder:
        if not only_icons:
            for spec, files in FILES.items():
                package, archive = fetch(spec, Path(folder))
                manifest[package["id"]] = entry(
                    package, {target: read(archive, path) for path, target in files.items()}
                )
            add_tabler_licence(manifest)
        package, archive = fetch(ICON_PACKAGE, Path(folder))
        licence = read(archive, "package/LICENSE")
        manifest[package["id"]] = entry(package, {"icons/sprite.svg": sprite(archive), "icons/LICENSE": licence})
    (OUT / "VENDOR.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")


def fetch(spec: str, folder: Path) -> tuple[dict, tarfile.TarFile]:
    """Return npm's description of a package and the package itself, opened."""
    told = subprocess.run(
        ["npm", "pack", "--json", "--silent", spec], cwd=folder, check=True, capture_output=True, text=True
    )
    package = json.loads(told.stdout)[0]
    return package, tarfile.open(folder / package["filename"])


def read(archive: tarfile.TarFile, path: str) -> bytes:
    content = archive.extractfile(path).read()
    return without_map(content) if path.endswith((".js", ".css")) else content


def without_map(content: bytes) -> bytes:
    """Drop the trailing source-map comment: no map is vendored, and collectstatic stops where a file is missing."""
    return re.sub(rb"\n?/[/*][#@] sourceMappingURL=[^\n]*?(\*/)?\s*$", b"\n", content)


def entry(package: dict, files: dict[str, bytes]) -> dict:
    return {
        "integrity": package["integrity"],
        "files": {target: write(target, content) for target, content in files.items()},
    }


def write(target: str, content: bytes) -> str:
    """Write a file under static/vendor and return its SHA-256 in hex."""
    path = OUT / target
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def add_tabler_licence(manifest: dict) -> None:
    [package] = [name for name in manifest if name.startswith("@tabler/core@")]
    manifest[package]["files"]["tabler/LICENSE"] = write("tabler/LICENSE", TABLER_LICENCE.encode())


def sprite(archive: tarfile.TarFile) -> bytes:
    """Return one SVG that holds every icon of ICONS as a symbol named after it."""
    return "".join(
        ['<svg xmlns="http://www.w3.org/2000/svg">', *(symbol(archive, name) for name in ICONS), "</svg>\n"]
    ).encode()


def symbol(archive: tarfile.TarFile, name: str) -> str:
    drawing = read(archive, f"package/icons/outline/{name}.svg").decode()
    paths = re.search(r"<svg[^>]*>(.*)</svg>", drawing, re.DOTALL).group(1)
    paths = re.sub(r'<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*/>', "", paths)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{re.sub(chr(10) + " *", "", paths)}</symbol>'


if __name__ == "__main__":
    main()
