"""BPMN 2.0 as files hold it: read without trusting it, and written again with nothing in it but BPMN.

Namespaces and element names: OMG, Business Process Model and Notation 2.0.2 (formal/2013-12-09), chapters 7 to 12.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext as _

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
DD = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
PREFIXES = {"bpmn": BPMN, "bpmndi": DI, "dc": DC, "di": DD, "xsi": XSI}
KEPT = tuple(f"{{{namespace}}}" for namespace in (BPMN, DI, DC, DD))
# Room for what other programs add, code, and files to be fetched: none of it is drawn.
LEFT_OUT = {f"{{{BPMN}}}{name}" for name in ("extensionElements", "script", "import", "extension")}
LARGEST = 1_000_000  # bytes; five hundred steps with their coordinates take 400,000
MOST_ELEMENTS = 20_000
DEEPEST = 60
LONGEST_NAME = 500
LONGEST_ID = 120

for _prefix, _namespace in PREFIXES.items():
    ElementTree.register_namespace(_prefix, _namespace)


class NotBpmn(ValueError):
    """A file that cannot be taken, with a sentence that says why."""


@dataclass(frozen=True)
class Cleaned:
    """A map as it is kept, and how many parts of other programs were left out of it."""

    xml: str
    left_out: int


def tag(name: str, namespace: str = BPMN) -> str:
    return f"{{{namespace}}}{name}"


def local(element: Element) -> str:
    return element.tag.partition("}")[2]


def cleaned(raw: bytes | str) -> Cleaned:
    """Return a BPMN file with nothing in it but BPMN. Raises NotBpmn with a sentence for what cannot be taken: too
    large, no XML, with a document type or entities, in an encoding that cannot be read, no BPMN, nothing in it."""
    root = read(raw)
    _check_shape(root)
    left_out = _strip(root)
    _check_names(root)
    return Cleaned(written(root), left_out)


def read(raw: bytes | str) -> Element:
    """Return the root of a BPMN file. Nothing outside the file is looked at, and no entity is put in."""
    content = raw.encode() if isinstance(raw, str) else raw
    if len(content) > LARGEST:
        raise NotBpmn(_("The drawing is larger than 1 MB."))
    if not content.strip():
        raise NotBpmn(_("The file is empty."))
    try:
        root = fromstring(content, forbid_dtd=True)
    except DefusedXmlException as error:
        raise NotBpmn(_("The file declares a document type or entities, which are not read.")) from error
    except ParseError as error:
        line, column = error.position
        where = {"line": line, "column": column + 1}
        raise NotBpmn(
            _("The file is no XML that can be read: look at line %(line)s, column %(column)s.") % where
        ) from error
    except (ValueError, LookupError) as error:
        raise NotBpmn(_("The encoding of the file cannot be read: save it in UTF-8.")) from error
    if root.tag != tag("definitions"):
        raise NotBpmn(_("This is no BPMN 2.0: it begins with “%(name)s”.") % {"name": root.tag.rpartition("}")[2][:40]})
    return root


def written(root: Element) -> str:
    """Return the tree as text, with the usual prefixes."""
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _check_shape(root: Element) -> None:
    level, seen, depth = [root], 0, 0
    while level:
        seen, depth = seen + len(level), depth + 1
        if seen > MOST_ELEMENTS or depth > DEEPEST:
            raise NotBpmn(_("The drawing has too many parts to be looked at: split the process."))
        level = [child for element in level for child in element]
    if root.find(tag("process")) is None:
        raise NotBpmn(_("There is no process in this file."))


def _strip(root: Element) -> int:
    """Take away what is not BPMN, and return how many parts and attributes that were."""
    left_out, ahead = 0, [root]
    while ahead:
        parent = ahead.pop()
        foreign = [child for child in parent if not child.tag.startswith(KEPT) or child.tag in LEFT_OUT]
        for child in foreign:
            parent.remove(child)
        left_out += len(foreign) + _strip_attributes(parent)
        ahead += parent
    return left_out


def _strip_attributes(element: Element) -> int:
    foreign = [name for name in element.attrib if name.startswith("{")]
    for name in foreign:
        del element.attrib[name]
    if element.tag == tag("conditionExpression"):
        element.set(tag("type", XSI), "bpmn:tFormalExpression")
    return sum(not name.startswith(f"{{{XSI}}}") for name in foreign)


def _check_names(root: Element) -> None:
    seen: set[str] = set()
    for element in root.iter():
        name, key = element.get("name", ""), element.get("id")
        if len(name) > LONGEST_NAME:
            raise NotBpmn(_("A name has at most 500 characters: “%(name)s…”.") % {"name": name[:40]})
        if key is None:
            continue
        if key in seen:
            raise NotBpmn(_("Two parts of the drawing have one id: %(id)s.") % {"id": key[:40]})
        if not key or len(key) > LONGEST_ID:
            raise NotBpmn(_("An id has from 1 to 120 characters: “%(id)s…”.") % {"id": key[:40]})
        seen.add(key)
