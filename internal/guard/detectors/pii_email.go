package detectors

import (
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// piiEmail finds e-mail addresses.
func piiEmail() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "pii.email", Title: "E-mail address", Category: review.CategoryPII, OWASP: "LLM02:2025",
			Description: "Finds e-mail addresses, internationalised ones and those written with [at] and [dot] included. Addresses of roles (support@) and of domains that belong to nobody (example.com) " +
				"are reported with less confidence. File names, package versions and the user part of a URL or of git's addresses are none.",
			Examples: []string{"You can reach me at jane.doe@mail.com.", "jane [at] mail [dot] com"},
			// Addresses are in every other mail that is to be summarised: they are taken out
			// of the text, but a queue of them would hide what needs a person.
			Default: review.Rule{Mode: review.ModeMonitor, Flag: 0.9},
		},
		Placeholder: "EMAIL",
		New:         func() (guard.Detector, error) { return newPersonal("pii.email", review.SeverityMedium), nil },
	}
}

// emailFinder finds addresses of the form of RFC 5321 and 6531, without quoted names.
type emailFinder struct {
	roles map[string]bool // names of functions, not of people
	files map[string]bool // endings that file names have and domains have not
}

func emails() finder {
	f := emailFinder{
		roles: stringSet("info support sales contact admin help helpdesk noreply no-reply donotreply postmaster webmaster abuse security press hello office team billing jobs careers marketing feedback newsletter service"),
		files: stringSet("png jpg jpeg gif svg webp bmp ico css js mjs ts tsx jsx json xml html htm php py go rs java cpp txt pdf zip gz tar exe dll jar whl yaml yml toml lock md tgz"),
	}
	return f.find
}

func stringSet(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

func (f emailFinder) find(text string) []sighting {
	var out []sighting
	done := 0 // nothing before is looked at again
	for i := 0; i < len(text); i++ {
		step := strings.IndexAny(text[i:], "@[(")
		if step < 0 {
			break
		}
		i += step
		sign := atSign(text, i)
		if sign == 0 {
			continue
		}
		s := f.around(text, done, i, i+sign)
		if s.confidence > 0 {
			out = append(out, s)
			i = s.end - 1
			done = s.end
		}
	}
	return out
}

// atSign says how many bytes of text from i on stand for the sign @; 0 when none do.
func atSign(text string, i int) int {
	if text[i] == '@' {
		return 1
	}
	for _, sign := range []string{"[at]", "(at)", "[ at ]", "( at )"} {
		if strings.HasPrefix(text[i:], sign) {
			return len(sign)
		}
	}
	return 0
}

// The longest parts of an address, in bytes (RFC 5321, 4.5.3.1).
const (
	maxLocal  = 64
	maxDomain = 255
)

// around reads an address whose sign is [at,after), no further back than from.
func (f emailFinder) around(text string, from, at, after int) sighting {
	spelled := after-at > 1
	end, ending := domainEnd(text, after, spelled)
	start := localStart(text, max(from, at-maxLocal-1), at, spelled)
	if end == 0 || start < 0 || f.files[ending] || credentials(text, start) {
		return sighting{}
	}
	local, domain := strings.TrimSpace(text[start:at]), text[after:end]
	if local == "git" && end < len(text) && text[end] == ':' {
		return sighting{}
	}
	s := sighting{start, end, 0.96, "An e-mail address"}
	switch {
	case f.roles[local], reserved(domain, ending):
		s.confidence = 0.6
	case spelled:
		s.confidence = 0.8
	}
	return s
}

// localStart finds where the name before the sign starts; -1 when there is none.
func localStart(text string, from, at int, spelled bool) int {
	if spelled && at > from && text[at-1] == ' ' {
		at--
	}
	start := at
	for start > from && localByte(text[start-1]) {
		start--
	}
	for start < at && (strings.IndexByte(".'*-#$!", text[start]) >= 0 || text[start]&0xC0 == 0x80) {
		start++
	}
	if start == at || text[at-1] == '.' || at-start > maxLocal {
		return -1
	}
	return start
}

// localByte leaves out the signs of RFC 5322 that stand in addresses less often than
// before them: /=?&{|}.
func localByte(c byte) bool {
	return plainWord(c) || c >= 0x80 || strings.IndexByte(".!#$%'*+^~-", c) >= 0
}

// credentials tells whether the name that starts at start is the password or user of a
// URL, as in https://user:password@host.
func credentials(text string, start int) bool {
	from := max(start-maxLocal, 0)
	if i := strings.LastIndexAny(text[from:start], " \t\n\"'<>()[]"); i >= 0 {
		from += i
	}
	return strings.Contains(text[from:start], "://") || strings.HasSuffix(text[from:start], ":/")
}

// domainEnd reads a domain of at least two labels and returns where it ends and its last
// label; 0 when there is none.
func domainEnd(text string, start int, spelled bool) (end int, ending string) {
	i := start
	if spelled && i < len(text) && text[i] == ' ' {
		i++
	}
	for labels := 1; ; labels++ {
		label := i
		for i < len(text) && (plainWord(text[i]) && text[i] != '_' || text[i] >= 0x80 || text[i] == '-') {
			i++
		}
		if i == label || text[label] == '-' || text[i-1] == '-' || i-start > maxDomain {
			return end, ending
		}
		if labels > 1 && topLevel(text[label:i]) {
			end, ending = i, text[label:i]
		}
		dot := dotSign(text, i, spelled)
		if dot == 0 {
			if end != i {
				return 0, "" // such as 4.17.21 or a label that goes on
			}
			return end, ending
		}
		i += dot
	}
}

// dotSign says how many bytes of text from i on stand for a dot between labels.
func dotSign(text string, i int, spelled bool) int {
	if i < len(text) && text[i] == '.' {
		return 1
	}
	if !spelled {
		return 0
	}
	for _, sign := range []string{"[dot]", "(dot)", " [dot] ", " (dot) ", " dot "} {
		if strings.HasPrefix(text[i:], sign) {
			return len(sign)
		}
	}
	return 0
}

// topLevel tells whether a label can be the last of a domain: letters only, or the ASCII
// form of an international one.
func topLevel(label string) bool {
	if strings.HasPrefix(label, "xn--") {
		return true
	}
	for i := range len(label) {
		if digit(label[i]) || label[i] == '-' {
			return false
		}
	}
	return len(label) >= 2 && len(label) <= 63
}

// reserved tells whether the domain is one that nobody can have (RFC 2606).
func reserved(domain, ending string) bool {
	switch ending {
	case "example", "test", "invalid", "localhost", "local":
		return true
	}
	second := strings.TrimSuffix(strings.TrimSuffix(domain, ending), ".")
	return second == "example" || strings.HasSuffix(second, ".example")
}
