package detectors

import (
	"strings"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/review"
)

// secretPassword finds passwords that are told.
func secretPassword() guard.Spec {
	return guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: "secret.password", Title: "Password", Category: review.CategorySecret, OWASP: "LLM02:2025",
			Description: "Finds passwords that a name and an assignment or a verb lead to, in some twenty languages, and those in addresses (scheme://user:password@host). What is said of passwords (“password must be long”), " +
				"variables, calls, masks and placeholders are none; a password that calls itself one is redacted but does not flag.",
			Examples: []string{"password: tr0ub4dor&3", "mein Passwort ist Blau!Wal77", "postgres://app:s3cr3tP4ss@db.internal/main"},
			Default:  review.Rule{Mode: review.ModeEnforce, Flag: 0.6},
		},
		Placeholder: "PASSWORD",
		New:         func() (guard.Detector, error) { return newSecret("secret.password", review.SeverityHigh) },
	}
}

// passwordFinder knows what passwords are called.
type passwordFinder struct {
	names  *automaton
	verbs  []string        // with the spaces around them, where their script has such
	beside map[string]bool // what a name goes on with when it is not the password's own
}

func passwords() (finder, error) {
	lookup := map[string][]int32{}
	for name := range strings.SplitSeq("password|passwd|passwort|kennwort|passphrase|passcode|pwd|contraseña|contrasena|mot de passe|senha|palavra-passe|wachtwoord|hasło|haslo|"+
		"пароль|Пароль|密码|密碼|口令|パスワード|비밀번호|암호|şifre|sifre|parola|lösenord|adgangskode|salasana|heslo|jelszó|κωδικός|mật khẩu|kata sandi|كلمة المرور|كلمة السر|סיסמה|पासवर्ड|รหัสผ่าน", "|") {
		lookup[name] = []int32{0}
	}
	f := passwordFinder{
		names:  newAutomaton(lookup),
		verbs:  strings.Split(" is | was | are | set to | changed to | reset to | ist | lautet | est | es | é | è | jest | to | это | — | er | är | on | je | adalah |是|为|為|は|는|은| है | คือ ", "|"),
		beside: stringSet("hash hashed length policy policies field reset manager strength hint history expiry protected less based generator file url id rules change prompt expired required input type"),
	}
	f.names.ignoreCase()
	return f.find, nil
}

// What a password may be long, in bytes, and how many names of one text are looked at.
const (
	minPassword, maxPassword = 6, 128
	maxNamed                 = 2000
)

func (f passwordFinder) find(text string) (out []sighting) {
	looked := 0
	f.names.scan(text, func(_ int32, end int) {
		if looked++; looked > maxNamed {
			return
		}
		if s := f.after(text, end); s.confidence > 0 {
			out = append(out, s)
		}
	})
	out = inOrder(append(out, inAddresses(text)...))
	if looked > maxNamed {
		out = append([]sighting{{confidence: unseen, message: "More that could be passwords than could be looked at"}}, out...)
	}
	return out
}

// after reads the password after a name that ends at at.
func (f passwordFinder) after(text string, at int) (s sighting) {
	first := at
	for at < len(text) && at-first < 24 && (wordByte(text[at]) || text[at] == '-' || text[at] == '_') {
		at++
	}
	if suffix := strings.ToLower(strings.Trim(text[first:at], "_-s")); f.foreign(suffix) {
		return s
	}
	at = skip(text, at, "\"'`*)]", 4)
	sign, at := f.assigns(text, at)
	if sign == 0 {
		return s
	}
	start, end, quoted := passwordAt(text, at)
	value := text[start:end]
	s = sighting{start, end, 0, "A password"}
	switch {
	case len(value) < minPassword || len(value) > maxPassword || invented(value) || programmed(value, quoted):
	case !guarded(value, sign == 'w' && !quoted):
	case strings.Contains(strings.ToLower(value), "passw"), counted(value):
		s.confidence = 0.5
	case sign == 'w':
		s.confidence = 0.72
	default:
		s.confidence = 0.85
	}
	return s
}

// foreign tells whether a name goes on with something that makes it the name of
// something else.
func (f passwordFinder) foreign(suffix string) bool {
	for part := range strings.FieldsFuncSeq(suffix, func(r rune) bool { return r == '_' || r == '-' }) {
		if f.beside[part] {
			return true
		}
	}
	return false
}

// assigns reads what gives a name its value: a sign, or a verb ('w'), perhaps with what
// the password is for before it; 0 when nothing does.
func (f passwordFinder) assigns(text string, at int) (sign byte, next int) {
	line := text[at:min(at+assignReach, len(text))]
	if i := strings.IndexAny(line, ".?!,;\n=:>"); i >= 0 {
		if strings.IndexByte("=:>", line[i]) >= 0 && strings.Count(line[:i], " ") <= 5 {
			next = skip(text, at+i, "=:>", 4)
			return '=', skip(text, next, " \t*\r\n", 3)
		}
		line = line[:i]
	}
	if i := strings.Index(line, "："); i >= 0 {
		return '=', skip(text, at+i+len("："), " ", 2)
	}
	line = strings.ToLower(line)
	if first, _, _ := strings.Cut(strings.TrimLeft(line, " "), " "); f.beside[first] {
		return 0, at
	}
	if next = f.verb(line); next > 0 {
		return 'w', skip(text, at+next, " \t*", 3)
	}
	return 0, at
}

// assignReach is how far behind a name its value may start, in bytes.
const assignReach = 48

// verb returns where the first verb of a line ends, 0 when there is none.
func (f passwordFinder) verb(line string) (end int) {
	first := len(line)
	for _, v := range f.verbs {
		i := strings.Index(line, v)
		if i < 0 || i > first || i == first && i+len(v) <= end {
			continue
		}
		first, end = i, i+len(v)
	}
	return end
}

// skip moves over at most most of the bytes given.
func skip(text string, at int, bytes string, most int) int {
	for i := 0; i < most && at < len(text) && strings.IndexByte(bytes, text[at]) >= 0; i++ {
		at++
	}
	return at
}

// passwordAt reads a value: what stands in quotation marks, or up to a space.
func passwordAt(text string, at int) (start, end int, quoted bool) {
	most := min(at+maxPassword+2, len(text))
	if at < most && strings.IndexByte("\"'`", text[at]) >= 0 {
		if i := strings.IndexByte(text[at+1:most], text[at]); i >= 0 && !strings.ContainsAny(text[at+1:at+1+i], " \n") {
			return at + 1, at + 1 + i, true
		}
		return at, at, true
	}
	for end = at; end < most && text[end] > ' ' && text[end] < 0x7f && strings.IndexByte("\"'`,;<>", text[end]) < 0; {
		end++
	}
	for end > at && strings.IndexByte(".?)]}*:", text[end-1]) >= 0 {
		end--
	}
	return at, end, false
}

// programmed tells whether a value is a piece of a program: a call, a variable, a part
// of something.
func programmed(value string, quoted bool) bool {
	if quoted {
		return strings.ContainsAny(value, "{}")
	}
	if strings.ContainsAny(value, "(){}[]|\\") || strings.HasPrefix(value, "$") || strings.HasPrefix(value, "%") || strings.HasPrefix(value, "@") || strings.Contains(value, "://") {
		return true
	}
	for i := 1; i+1 < len(value); i++ {
		if value[i] == '.' && wordByte(value[i-1]) && value[i+1]|0x20 >= 'a' && value[i+1]|0x20 <= 'z' {
			return true
		}
	}
	return false
}

// guarded tells whether a value looks like a password rather than a word: letters with
// digits, or, where a sign leads to it, with signs among them.
func guarded(value string, strict bool) bool {
	letters, digits, signs := 0, 0, 0
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
			letters++
		case digit(c):
			digits++
		case strings.IndexByte("!@#$%^&*+?~", c) >= 0:
			signs++
		}
	}
	return letters > 0 && digits > 0 || !strict && letters > 0 && signs > 0 && inside(value)
}

// inside tells whether a sign stands inside of a value rather than at its end alone, where
// it may end a sentence.
func inside(value string) bool { return strings.ContainsAny(value[:len(value)-1], "!@#$%^&*+?~") }

// inAddresses finds the passwords of addresses (RFC 3986, 3.2.1).
func inAddresses(text string) (out []sighting) {
	for at := 0; len(out) < maxPerView; {
		i := strings.Index(text[at:], "://")
		if i < 0 {
			break
		}
		at += i + 3
		start, end := credentialsAt(text, at)
		value := text[start:end]
		if len(value) < 4 || invented(value) || programmed(value, false) || !ownPassword(value) {
			continue
		}
		out = append(out, sighting{start, end, 0.85, "A password in an address"})
	}
	return out
}

// credentialsAt returns where the password stands in the user part of an address.
func credentialsAt(text string, at int) (start, end int) {
	most := min(at+2*maxPassword, len(text))
	for i := at; i < most && text[i] > ' ' && strings.IndexByte("/?#\"'<>", text[i]) < 0; i++ {
		switch {
		case text[i] == ':' && start == 0:
			start = i + 1
		case text[i] == '@' && start > 0:
			return start, i
		}
	}
	return at, at
}

// ownPassword tells a password from the words that stand for one in documentation.
func ownPassword(value string) bool {
	switch strings.ToLower(value) {
	case "password", "passwd", "pass", "pwd", "secret", "user", "username", "postgres", "root", "admin", "guest", "test", "token", "mysql", "mypassword":
		return false
	}
	return true
}
