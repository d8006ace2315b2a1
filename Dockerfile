# Build: all dependencies, the compiled program, then only what runs.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Install scripts run later, by name: `prepare` would compile before the sources are there.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build --silent && npm prune --omit=dev --ignore-scripts

# Run: no compiler, no development dependencies, no root.
FROM node:24-slim
LABEL org.opencontainers.image.title="Tieline" \
      org.opencontainers.image.description="Enterprise application integration hub" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build --chown=root:root /app/package.json /app/LICENSE ./
COPY --from=build --chown=root:root /app/node_modules ./node_modules
COPY --from=build --chown=root:root /app/dist ./dist
COPY --from=build --chown=root:root /app/src/api/workbench/page.* ./src/api/workbench/
COPY --from=build --chown=root:root /app/src/api/desk/*.html /app/src/api/desk/*.js /app/src/api/desk/*.css ./src/api/desk/
COPY --from=build --chown=root:root /app/src/deploy/*.yaml /app/src/deploy/*.service ./src/deploy/
COPY --from=build --chown=root:root /app/mappings ./mappings
COPY --from=build --chown=root:root /app/schemas ./schemas
# tieline.yaml may come with the image or be mounted at /app/tieline.yaml. `[l]` lets the build pass without it.
COPY --from=build --chown=root:root /app/tieline.yam[l] ./
RUN ln -s /app/dist/src/main.js /usr/local/bin/tieline && chmod 0755 /app/dist/src/main.js \
 && install -d -o node -g node -m 0700 /data
USER node

# The data folder holds everything that was acknowledged, and the API token (file api-token). It must outlive the
# container and lie on a disk that honours fsync.
VOLUME /data
# Inside a container the hub must listen on all interfaces; every call under /api then needs the token.
ENV TIELINE_LISTEN=0.0.0.0:8400 \
    TIELINE_DATA=/data
EXPOSE 8400
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8400/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# SIGTERM drains: give it time with `docker stop --time 30`.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/dist/src/main.js"]
# Without the examples that a new data folder otherwise begins with: they would reach the real systems.
CMD ["start", "--empty"]
