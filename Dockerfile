# The Groundswell worker. Debian and not Alpine: Temporal's core library has no musl build.
FROM node:24-bookworm-slim

RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates openssh-client python3 python3-venv \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /app

COPY requirements.txt ./
RUN python3 -m venv /opt/venv \
  && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --requirement requirements.txt

COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force

COPY . .
# A named volume takes its owner from the folder that it is mounted over first.
RUN install --directory --owner=node --group=node --mode=0700 .groundswell /home/node/.ssh

ENV NODE_ENV=production \
  GROUNDSWELL_ANSIBLE_PLAYBOOK=/opt/venv/bin/ansible-playbook
USER node

# Node itself, not npm or a wrapper: it must get the SIGTERM.
CMD ["node", "--import", "tsx", "client/cli/main.ts", "worker"]
