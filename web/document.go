package web

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/review"
)

// The bounds of a JSON document, beside its size.
const (
	maxDepth      = 64 // containers in containers
	maxFaults     = 20 // how many wrong fields one answer names
	maxNameInPath = 64 // bytes of a foreign field name that an answer repeats
)

// document reads a JSON text from front to back and holds it against a shape. What
// is not JSON is an error at a byte offset; a field that is unknown, given twice or
// of the wrong type is a fault, and reading goes on, so that a caller learns of
// all of them at once. Only a document without either is decoded.
//
// The standard decoder alone would take "PROMPT" for prompt, let the last of two
// equal keys win, turn invalid UTF-8 into other text, and stop at the first unknown
// field without saying where it stands.
type document struct {
	text   []byte
	at     int
	depth  int
	path   []step
	faults []review.FieldError
}

// step is one step of the way to a field: a name, or a place in a list.
type step struct {
	name  string
	index int // counts when name is ""
}

// newDocument checks the encoding.
func newDocument(text []byte) (*document, error) {
	if utf8.Valid(text) {
		return &document{text: text}, nil
	}
	at := 0
	for {
		r, size := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && size == 1 {
			return nil, review.Errorf(review.CodeInvalid, "the body is not UTF-8: byte %d is invalid", at)
		}
		at += size
	}
}

func (d *document) syntax(format string, args ...any) error {
	return review.Errorf(review.CodeInvalid, "the body is not valid JSON: %s at byte %d", fmt.Sprintf(format, args...), d.at)
}

// fault notes what is wrong with the field that the path leads to.
func (d *document) fault(format string, args ...any) {
	if len(d.faults) < maxFaults {
		d.faults = append(d.faults, review.FieldError{Field: d.where(), Message: fmt.Sprintf(format, args...)})
	}
}

// where writes the path as callers know it: messages[2].role.
func (d *document) where() string {
	var b strings.Builder
	for _, s := range d.path {
		switch {
		case s.name == "":
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case b.Len() > 0:
			b.WriteString("." + s.name)
		default:
			b.WriteString(s.name)
		}
	}
	return b.String()
}

// takeFaults returns what was wrong since the last call as one error.
func (d *document) takeFaults() error {
	faults := d.faults
	d.faults = nil
	if len(faults) == 0 {
		return nil
	}
	first := faults[0].Message
	if faults[0].Field != "" {
		first = faults[0].Field + ": " + first
	}
	return &review.Error{Code: review.CodeUnprocessable, Message: first, Fields: faults}
}

func (d *document) space() {
	for d.at < len(d.text) {
		switch d.text[d.at] {
		case ' ', '\t', '\r', '\n':
			d.at++
		default:
			return
		}
	}
}

// peek returns the next byte that is not space, 0 at the end.
func (d *document) peek() byte {
	d.space()
	if d.at == len(d.text) {
		return 0
	}
	return d.text[d.at]
}

// next takes the byte if it comes next.
func (d *document) next(c byte) bool {
	if d.peek() != c {
		return false
	}
	d.at++
	return true
}

// end fails when anything but space is left.
func (d *document) end() error {
	if d.space(); d.at < len(d.text) {
		return d.syntax("something follows the value")
	}
	return nil
}

// value reads one value and holds it against the shape.
func (d *document) value(s *shape) error {
	start := d.at
	switch c := d.peek(); {
	case c == 0 && d.at == len(d.text):
		return d.syntax("it ends too early")
	case c == '{':
		return d.objectValue(s)
	case c == '[':
		return d.listValue(s)
	case c == '"':
		raw, err := d.string()
		if err == nil {
			d.checkText(s, raw)
		}
		return err
	case c == '-' || '0' <= c && c <= '9':
		raw, err := d.number()
		if err == nil {
			d.checkNumber(s, raw)
		}
		return err
	case c == 't':
		return d.truth(s, "true")
	case c == 'f':
		return d.truth(s, "false")
	case c == 'n': // null is as good as absent
		return d.word("null")
	}
	d.at = max(d.at, start)
	return d.syntax("%s cannot start a value", shown(d.text[d.at:]))
}

// shown quotes the character at the start of a text for a message.
func shown(text []byte) string {
	r, _ := utf8.DecodeRune(text)
	return strconv.QuoteRuneToASCII(r)
}

func (d *document) word(w string) error {
	for i := range len(w) {
		if d.at == len(d.text) {
			return d.syntax("it ends too early")
		}
		if d.text[d.at] != w[i] {
			return d.syntax("%s is unexpected", shown(d.text[d.at:]))
		}
		d.at++
	}
	return nil
}

func (d *document) truth(s *shape, w string) error {
	start := d.at
	if err := d.word(w); err != nil {
		return err
	}
	d.expect(s, start, formTruth)
	return nil
}

// expect notes a fault when a value of the form given stands where another belongs.
func (d *document) expect(s *shape, start int, got form) bool {
	if s.form == got || s.form == formFree {
		return true
	}
	d.fault("must be %s, not %s (byte %d)", s.form, got, start)
	return false
}

func (d *document) checkText(s *shape, raw []byte) {
	start := d.at - len(raw)
	if s.form != formTime {
		d.expect(s, start, formText)
		return
	}
	var t time.Time
	if t.UnmarshalJSON(raw) != nil {
		d.fault("must be %s (byte %d)", formTime, start)
	}
}

func (d *document) checkNumber(s *shape, raw []byte) {
	start := d.at - len(raw)
	switch s.form {
	case formFree:
	case formReal:
		if _, err := strconv.ParseFloat(string(raw), s.bits); err != nil {
			d.fault("is out of range (byte %d)", start)
		}
	case formWhole:
		if strings.ContainsAny(string(raw), ".eE") {
			d.fault("must be %s (byte %d)", formWhole, start)
		} else if _, err := strconv.ParseInt(string(raw), 10, s.bits); err != nil {
			d.fault("is out of range (byte %d)", start)
		}
	default:
		d.expect(s, start, formReal)
	}
}

// enter and leave bound how deep containers may stand in each other.
func (d *document) enter() error {
	if d.depth == maxDepth {
		return review.Errorf(review.CodeInvalid, "the body is nested deeper than %d levels at byte %d", maxDepth, d.at)
	}
	d.depth++
	return nil
}

func (d *document) leave() { d.depth-- }

var free = &shape{form: formFree}

func (d *document) objectValue(s *shape) error {
	if !d.expect(s, d.at, formObject) {
		s = free
	}
	var seen uint64
	return d.object(func(name string) error {
		if s.form == formFree {
			return d.value(free)
		}
		f, known := s.fields[name]
		switch {
		case !known:
			d.fault("is not a known field")
			return d.value(free)
		case seen&(1<<f.index) != 0:
			d.fault("is given twice")
		}
		seen |= 1 << f.index
		return d.value(f.shape)
	})
}

func (d *document) listValue(s *shape) error {
	elem := free
	if d.expect(s, d.at, formList) && s.form == formList {
		elem = s.elem
	}
	return d.list(func(int) error { return d.value(elem) })
}

// object reads an object and calls each with every name, to read the value.
func (d *document) object(each func(name string) error) error {
	if err := d.enter(); err != nil {
		return err
	}
	defer d.leave()
	d.at++
	if d.next('}') {
		return nil
	}
	for {
		if d.peek() != '"' {
			return d.missing("a field name in quotes is missing")
		}
		raw, err := d.string()
		if err != nil {
			return err
		}
		if !d.next(':') {
			return d.missing("a colon is missing")
		}
		name := unquote(raw)
		d.path = append(d.path, step{name: inPath(name)})
		d.space()
		if err := each(name); err != nil {
			return err
		}
		d.path = d.path[:len(d.path)-1]
		if d.next('}') {
			return nil
		}
		if !d.next(',') {
			return d.missing("a comma or closing brace is missing")
		}
	}
}

// list reads a list and calls each with every index, to read the value.
func (d *document) list(each func(i int) error) error {
	if err := d.enter(); err != nil {
		return err
	}
	defer d.leave()
	d.at++
	if d.next(']') {
		return nil
	}
	for i := 0; ; i++ {
		d.path = append(d.path, step{index: i})
		d.space()
		if err := each(i); err != nil {
			return err
		}
		d.path = d.path[:len(d.path)-1]
		if d.next(']') {
			return nil
		}
		if !d.next(',') {
			return d.missing("a comma or closing bracket is missing")
		}
	}
}

func (d *document) missing(what string) error {
	if d.at == len(d.text) {
		return d.syntax("it ends too early")
	}
	return d.syntax("%s", what)
}

// unquote decodes a string that was read already.
func unquote(raw []byte) string {
	for _, c := range raw {
		if c == '\\' {
			var s string
			_ = json.Unmarshal(raw, &s) // its syntax has been checked
			return s
		}
	}
	return string(raw[1 : len(raw)-1])
}

// inPath shortens a foreign name, so that an answer does not grow with it.
func inPath(name string) string {
	if name == "" {
		return `""`
	}
	if len(name) <= maxNameInPath {
		return name
	}
	return strings.ToValidUTF8(name[:maxNameInPath], "") + "…"
}

// string reads a string with its quotes. Escapes of lone surrogates are JSON; the
// decoder turns them into U+FFFD.
func (d *document) string() ([]byte, error) {
	start := d.at
	d.at++
	for d.at < len(d.text) {
		switch c := d.text[d.at]; {
		case c == '"':
			d.at++
			return d.text[start:d.at], nil
		case c < ' ':
			return nil, d.syntax("a control character stands unescaped in a string")
		case c == '\\':
			if err := d.escape(); err != nil {
				return nil, err
			}
		default:
			d.at++
		}
	}
	return nil, d.syntax("a string does not end")
}

func (d *document) escape() error {
	rest := d.text[d.at+1:]
	if len(rest) == 0 {
		return d.syntax("a string does not end")
	}
	if strings.IndexByte(`"\/bfnrt`, rest[0]) >= 0 {
		d.at += 2
		return nil
	}
	if rest[0] != 'u' || len(rest) < 5 {
		return d.syntax("an escape is not known")
	}
	for _, c := range rest[1:5] {
		if !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			return d.syntax("an escape is not known")
		}
	}
	d.at += 6
	return nil
}

func (d *document) number() ([]byte, error) {
	start := d.at
	if d.text[d.at] == '-' {
		d.at++
	}
	zero := d.at < len(d.text) && d.text[d.at] == '0'
	if n := d.digits(); n == 0 || zero && n > 1 {
		return nil, d.syntax("a number is malformed")
	}
	if d.at < len(d.text) && d.text[d.at] == '.' {
		d.at++
		if d.digits() == 0 {
			return nil, d.syntax("a number is malformed")
		}
	}
	if d.at < len(d.text) && d.text[d.at]|0x20 == 'e' {
		d.at++
		if d.at < len(d.text) && (d.text[d.at] == '+' || d.text[d.at] == '-') {
			d.at++
		}
		if d.digits() == 0 {
			return nil, d.syntax("a number is malformed")
		}
	}
	return d.text[start:d.at], nil
}

func (d *document) digits() int {
	start := d.at
	for d.at < len(d.text) && '0' <= d.text[d.at] && d.text[d.at] <= '9' {
		d.at++
	}
	return d.at - start
}
