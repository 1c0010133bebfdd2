FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 STATIC_ROOT=/srv/static MEDIA_ROOT=/srv/media
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN python -m scripts.catalogues \
 && COMPRESS_STATIC=1 python manage.py collectstatic --noinput --verbosity 0 \
 && useradd --system --home /app meridian && mkdir -p /srv/media && chown -R meridian /srv/media
USER meridian
EXPOSE 8000
ENV BIND=0.0.0.0
CMD ["gunicorn", "-c", "config/gunicorn_conf.py", "config.wsgi:application"]
HEALTHCHECK --interval=15s --timeout=5s CMD python -c "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/live', timeout=4)"
