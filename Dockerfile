FROM python:3.13-slim AS build
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/run.txt
COPY . .
RUN /venv/bin/pip install --no-cache-dir --no-deps --no-build-isolation -e .

FROM python:3.13-slim
RUN useradd --create-home --uid 10001 promolens && mkdir /data && chown promolens /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
# By its number: who watches over containers sees without a look inside that it is not root.
USER 10001
ENV PATH=/venv/bin:$PATH DATA_DIR=/data HOST=0.0.0.0 PYTHONDONTWRITEBYTECODE=1
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/readyz', timeout=4)"]
CMD ["promolens", "run"]
