#!/usr/bin/env bash
# Starts a server on sample data and a certificate of its own, signs in, and lets wapiti attack it. Exits with 1 when it
# finds anything. Modules that need a machine outside to call back (ssrf, xxe) are left out.
set -euo pipefail
binary=${1:?the binary}
port=${SCAN_PORT:-18943}
command -v wapiti >/dev/null || { echo 'NOT scanned: wapiti is not installed (apt-get install wapiti).' >&2; exit 0; }
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$dir"' EXIT
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost -keyout "$dir/key.pem" -out "$dir/cert.pem" 2>/dev/null
"$binary" quickstart --data "$dir/data" --interactions 100 --addr "127.0.0.1:$port" --tls-cert "$dir/cert.pem" --tls-key "$dir/key.pem" >"$dir/log" 2>&1 &
server=$!
url=https://127.0.0.1:$port
for _ in $(seq 120); do curl -sfk "$url/readyz" >/dev/null && break; kill -0 "$server" || { cat "$dir/log" >&2; exit 1; }; sleep 1; done
password=$(awk '/^  Password/ {print $2}' "$dir/log")
curl -sfk -o /dev/null -c "$dir/jar" -H "Origin: $url" -d email=admin@guardroom.local --data-urlencode "password=$password" "$url/login"
awk -F '\t' '/guardroom_session/ {printf "{\"127.0.0.1\":{\"/\":{\"%s\":{\"value\":\"%s\",\"expires\":null,\"secure\":true,\"port\":null,\"version\":0}}}}", $6, $7}' "$dir/jar" >"$dir/cookies"
[ -s "$dir/cookies" ] || { echo 'The scan could not sign in.' >&2; exit 1; }
wapiti -u "$url/queue" --scope domain -c "$dir/cookies" --verify-ssl 0 -d "${SCAN_DEPTH:-2}" --max-links-per-page 15 --max-scan-time "${SCAN_TIME:-40}" \
	--max-attack-time "${SCAN_ATTACK_TIME:-15}" -m csp,http_headers,cookieflags,xss,sql,exec,file,crlf,redirect --flush-session \
	-f json -o "$dir/report.json" --no-bugreport -v 1 >"$dir/wapiti" 2>&1 || { tail -20 "$dir/wapiti" >&2; exit 1; }
python3 - "$dir/report.json" <<'REPORT'
import json, sys
report = json.load(open(sys.argv[1]))
found = [(kind, one["path"], one["info"]) for part in ("vulnerabilities", "anomalies") for kind, all in report[part].items() for one in all]
# This version wants the filters of old browsers on; OWASP wants them off, and so do we.
found = [one for one in found if one[2] != "X-XSS-Protection is not set"]
for one in found:
    print("FOUND: %s at %s: %s" % one)
print("%d findings of %s" % (len(found), report["infos"]["version"]))
sys.exit(1 if found else 0)
REPORT
grep -c '"route":' "$dir/log" | sed 's/$/ requests were answered/'
