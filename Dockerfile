# The scripts' packages are only data here: no package may run a script of its own.
FROM node:22-bookworm-slim AS packages
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund --omit=dev

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=packages /src/node_modules node_modules
ARG VERSION=dev
ARG COMMIT=unknown
RUN go tool esbuild static/js/app.ts --bundle --minify --target=es2022 --format=iife --legal-comments=none --outfile=static/dist/app.js \
 && make build VERSION="$VERSION" COMMIT="$COMMIT"

# Nothing but /data is written to: run it with --read-only and a tmpfs on /tmp.
# SQLite is linked against glibc, so the last stage is of the same Debian.
FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin guardroom \
 && install -d -o guardroom -g guardroom -m 0700 /data
COPY --from=build /src/bin/guardroom /usr/local/bin/guardroom
USER guardroom
WORKDIR /data
VOLUME /data
ENV GUARDROOM_DATA=/data GUARDROOM_ADDR=0.0.0.0:8080
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["guardroom", "health"]
ENTRYPOINT ["guardroom"]
CMD ["serve"]
