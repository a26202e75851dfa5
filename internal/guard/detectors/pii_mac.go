package detectors

import (
	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiMAC finds the addresses of network cards.
func piiMAC() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.mac", Title: "MAC address", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds the hardware addresses of network cards (EUI-48) with colons, dashes or in three groups. Behind a word that says so they are reported; elsewhere they are only redacted, for a device is not always somebody's.",
			Examples:    []string{"MAC address 3C:22:FB:8A:19:5D"},
			Default:     review.Rule{Mode: review.ModeEnforce, Flag: 0.85},
		},
		Placeholder: "MAC",
		New:         func() (guard.Detector, error) { return newPersonal("pii.mac", review.SeverityLow), nil },
	}
}

func macAddresses() finder {
	labels := newWordset("mac|mac address|hardware address|ethernet|bssid|bluetooth|mac-adresse|adresse mac|direccion mac|endereco mac|indirizzo mac", "")
	return func(text string) []sighting {
		var out []sighting
		for i := 0; i+macLeast <= len(text); i++ {
			if !hexDigit(text[i]) || i > 0 && (plainWord(text[i-1]) || macGap(text[i-1])) {
				continue
			}
			end := macEnd(text, i)
			if end == 0 {
				continue
			}
			s := sighting{i, end, 0.6, "A MAC address"}
			if labels.before(text, i, reachLeft) {
				s.confidence = 0.92
			}
			out = append(out, s)
			i = end
		}
		return out
	}
}

// macLeast is the length of the shortest form, 0123.4567.89ab.
const macLeast = 14

func hexDigit(c byte) bool { return digit(c) || c >= 'a' && c <= 'f' }

func macGap(c byte) bool { return c == ':' || c == '-' || c == '.' }

// macEnd returns the end of the address that starts at i; 0 when there is none.
func macEnd(text string, i int) int {
	group, gap := 2, byte(0)
	if i+4 < len(text) && text[i+4] == '.' {
		group, gap = 4, '.'
	} else if i+2 < len(text) && (text[i+2] == ':' || text[i+2] == '-') {
		gap = text[i+2]
	}
	if gap == 0 {
		return 0
	}
	end, nonzero := i, false
	for n := 0; n < 12; n++ {
		if n > 0 && n%group == 0 {
			if end >= len(text) || text[end] != gap {
				return 0
			}
			end++
		}
		if end >= len(text) || !hexDigit(text[end]) {
			return 0
		}
		nonzero = nonzero || text[end] != '0' && text[end] != 'f'
		end++
	}
	if !nonzero || end < len(text) && (plainWord(text[end]) || macGap(text[end]) && end+1 < len(text) && plainWord(text[end+1])) {
		return 0
	}
	return end
}
