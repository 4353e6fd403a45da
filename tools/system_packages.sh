#!/usr/bin/env bash
# Say which system packages are missing for "run" or "test", and install them where that is allowed.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:?run or test}

command -v dpkg-query >/dev/null || {
  echo "Ce système n'est pas Debian ni Ubuntu : installez vous-même l'équivalent de apt-packages.txt." >&2
  exit 0
}

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }
# A tool that is there without its package (a python built by hand, a browser of one's own) is good enough.
present() {
  case $1 in
    python3-venv) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
    *) installed "$1" ;;
  esac
}

missing=()
while read -r name what _; do
  case $name in ''|'#'*) continue ;; esac
  [ "$what" = run ] || [ "$what" = "$purpose" ] || continue
  present "$name" || missing+=("$name")
done < apt-packages.txt

[ ${#missing[@]} -eq 0 ] && exit 0
echo "Paquets système manquants : ${missing[*]}"
line="apt-get install -y --no-install-recommends ${missing[*]}"
as=()
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then as=(sudo); else
    echo "Installez-les, puis recommencez :  sudo $line" >&2
    exit 1
  fi
fi
export DEBIAN_FRONTEND=noninteractive
"${as[@]}" apt-get update -qq
# shellcheck disable=SC2086
"${as[@]}" $line
