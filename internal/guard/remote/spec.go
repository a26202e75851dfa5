package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"

	"github.com/guardroom/guardroom/internal/guard"
	"github.com/guardroom/guardroom/internal/reach"
	"github.com/guardroom/guardroom/internal/review"
)

// Detectors are the remote detectors of a file.
type Detectors struct {
	specs   []guard.Spec
	clients []*client
}

// Load reads a file of remote detectors. Nothing is called yet. Errors name the field
// that is wrong and never show a header.
func Load(path string) (*Detectors, error) {
	f, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("remote detectors: %s: %w", path, err)
	}
	d, err := f.detectors()
	if err != nil {
		return nil, fmt.Errorf("remote detectors: %s: %w", path, err)
	}
	return d, nil
}

func (f file) detectors() (*Detectors, error) {
	if len(f.Detectors) == 0 {
		return nil, errors.New("detectors: there are none")
	}
	out := &Detectors{}
	seen := map[string]bool{}
	for i, c := range f.Detectors {
		if seen[c.ID] {
			return nil, fmt.Errorf("detectors[%d].id: %s is taken", i, c.ID)
		}
		seen[c.ID] = true
		if err := out.add(c.withDefaults(), f.PrivateHosts); err != nil {
			return nil, fmt.Errorf("detectors[%d].%w", i, err)
		}
	}
	return out, nil
}

// Specs lists the detectors in the order of the file.
func (d *Detectors) Specs() []guard.Spec { return slices.Clone(d.specs) }

// Close closes connections that nothing uses.
func (d *Detectors) Close() error {
	for _, c := range d.clients {
		c.close()
	}
	return nil
}

func (d *Detectors) add(c classifier, privateHosts []string) error {
	remote, err := c.remote(privateHosts)
	if err != nil {
		return err
	}
	d.clients = append(d.clients, remote.client)
	description := c.Description
	if description == "" {
		description = "Asks the classifier “" + c.Title + "”, which the operator of this server named, about each text. What it does not know, nobody here can tell."
	}
	examples := c.Examples
	if len(examples) == 0 {
		examples = []string{"whatever the service was trained on"}
	}
	d.specs = append(d.specs, guard.Spec{
		DetectorSpec: review.DetectorSpec{
			ID: c.ID, Title: c.Title, Category: c.Category, OWASP: c.OWASP, Description: description, Examples: examples,
			Default: review.Rule{Mode: c.Mode, Flag: *c.Flag, Block: c.Block},
		},
		NewRemote: func() (guard.Remote, error) { return remote, nil },
		Reach: guard.Reach{
			Segments: c.Segments, Concurrency: c.Concurrency, Failures: c.Failures,
			Deadline: time.Duration(c.DeadlineMS) * time.Millisecond, Pause: time.Duration(c.PauseMS) * time.Millisecond,
		},
	})
	return nil
}

var (
	idForm    = regexp.MustCompile(`^remote\.[a-z_]+$`)
	owaspForm = regexp.MustCompile(`^LLM(0[1-9]|10):2025$`)
)

// Bounds of what a file may ask for.
const (
	maxConcurrency = 256
	maxDeadlineMS  = 60_000
	maxPauseMS     = 3_600_000
	minWindow      = 256
)

func (c classifier) check() error {
	unit := func(x float64) bool { return x >= 0 && x <= 1 }
	switch {
	case !idForm.MatchString(c.ID):
		return errors.New("id: must be remote. and a name of a–z and _")
	case c.Title == "":
		return errors.New("title: is missing")
	case !slices.Contains(categories, c.Category):
		return fmt.Errorf("category: must be one of %v", categories)
	case !owaspForm.MatchString(c.OWASP):
		return errors.New("owasp: must be an entry of the OWASP list, such as LLM01:2025")
	case slices.Contains(c.Examples, ""):
		return errors.New("examples: one is empty")
	case len(c.Segments) == 0 || slices.ContainsFunc(c.Segments, func(k review.SegmentKind) bool { return !slices.Contains(kinds, k) }):
		return fmt.Errorf("segments: must be some of %v", kinds)
	case c.Mode != review.ModeEnforce && c.Mode != review.ModeMonitor && c.Mode != review.ModeOff:
		return errors.New("mode: must be enforce, monitor or off")
	case !unit(*c.Flag) || !unit(c.Block) || c.Block > 0 && c.Block < *c.Flag:
		return errors.New("flag: and block must be between 0 and 1, and block not below flag")
	case c.Concurrency < 1 || c.Concurrency > maxConcurrency:
		return fmt.Errorf("concurrency: must be between 1 and %d", maxConcurrency)
	case c.DeadlineMS < 1 || c.DeadlineMS > maxDeadlineMS:
		return fmt.Errorf("deadline_ms: must be between 1 and %d", maxDeadlineMS)
	case c.Failures < 1:
		return errors.New("failures: must be positive")
	case c.PauseMS < 1 || c.PauseMS > maxPauseMS:
		return fmt.Errorf("pause_ms: must be between 1 and %d", maxPauseMS)
	case c.WindowBytes < minWindow || c.WindowBytes > maxAnswer:
		return fmt.Errorf("window_bytes: must be between %d and %d", minWindow, maxAnswer)
	}
	return c.Levels.check()
}

// categories are those whose findings need no span: what is personal or secret is
// redacted where it stands, and a score does not say where that is.
var categories = []review.Category{
	review.CategoryInput, review.CategoryInjection, review.CategoryExfil, review.CategoryToxicity,
	review.CategoryOutput, review.CategoryTool, review.CategoryTopic,
}

var kinds = []review.SegmentKind{
	review.SegmentSystem, review.SegmentPrompt, review.SegmentResponse,
	review.SegmentDocument, review.SegmentToolArguments, review.SegmentToolOutput,
}

// remote checks everything that is left and makes the detector.
func (c classifier) remote(privateHosts []string) (*httpClassifier, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	private, err := checkURL(c.Request.URL, privateHosts)
	if err != nil {
		return nil, fmt.Errorf("request.url: %w", err)
	}
	headers, err := headersOf(c.Request.Headers)
	if err != nil {
		return nil, fmt.Errorf("request.headers: %w", err)
	}
	body, err := newTemplate(c.Request.Body)
	if err != nil {
		return nil, fmt.Errorf("request.body: %w", err)
	}
	reading, err := newReading(c.Response)
	if err != nil {
		return nil, err
	}
	return &httpClassifier{
		client: newClient(c.Request.URL, headers, private), body: body, reading: reading,
		levels: c.Levels, message: c.Message, window: c.WindowBytes,
	}, nil
}

// checkURL tells whether the operator allows the host to be at a private address. An
// address that is refused in any case is refused at once.
func checkURL(text string, privateHosts []string) (private bool, err error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return false, errors.New("is not a URL")
	case u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return false, errors.New("must begin with http:// or https:// and a host")
	case u.User != nil:
		return false, errors.New("must not hold a user name or a password; send an Authorization header")
	case u.Fragment != "":
		return false, errors.New("must have no fragment")
	case reach.Named(privateHosts, u.Hostname()):
		return true, nil
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil && !reach.Public(a) {
		return false, fmt.Errorf("%s is not a public address; private_hosts lists those that are meant", a)
	}
	return false, nil
}

// ours are headers that a request makes itself.
var ours = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Accept-Encoding"}

func headersOf(values map[string]string) (http.Header, error) {
	out := http.Header{"Content-Type": {"application/json"}, "Accept": {"application/json"}, "User-Agent": {"Guardroom"}}
	for name, value := range values {
		if !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return nil, fmt.Errorf("%q cannot be sent", name)
		}
		if slices.ContainsFunc(ours, func(o string) bool { return strings.EqualFold(o, name) }) {
			return nil, fmt.Errorf("%q cannot be set", name)
		}
		out.Set(name, value)
	}
	return out, nil
}

// httpClassifier implements guard.Remote.
type httpClassifier struct {
	client  *client
	body    template
	reading reading
	levels  levels
	message string
	window  int // bytes of text per call
}

// Ask asks about the text, one window after the other when it is long. A Finding in a
// long text marks the window; one in a short text is about the whole.
func (c *httpClassifier) Ask(ctx context.Context, segment review.Segment) ([]review.Finding, error) {
	if len(segment.Text) <= c.window {
		return c.ask(ctx, segment, 0, len(segment.Text), nil)
	}
	var out []review.Finding
	for start := 0; ; {
		end := boundary(segment.Text, start+c.window)
		var err error
		if out, err = c.ask(ctx, segment, start, end, out); err != nil {
			return nil, err
		}
		if end == len(segment.Text) {
			return out, nil
		}
		start = boundary(segment.Text, end-c.window/8) // what one window cuts, the next one has whole
	}
}

// ask asks about [start,end) of the text and adds what was found.
func (c *httpClassifier) ask(ctx context.Context, segment review.Segment, start, end int, found []review.Finding) ([]review.Finding, error) {
	body, err := c.body.fill(segment, segment.Text[start:end])
	if err != nil {
		return nil, err
	}
	answer, err := c.client.post(ctx, body)
	if err != nil {
		return nil, err
	}
	score, err := c.reading.read(answer)
	if err != nil {
		return nil, err
	}
	severity, confidence, ok := c.levels.rate(score)
	if !ok {
		return found, nil
	}
	f := review.Finding{Severity: severity, Confidence: confidence, Message: c.message}
	if end-start < len(segment.Text) {
		f.Start, f.End = start, end
	}
	return append(found, f), nil
}

// boundary moves an offset back to the start of a character, if there is one near.
func boundary(text string, at int) int {
	if at >= len(text) {
		return len(text)
	}
	for back := range min(utf8.UTFMax, at) {
		if utf8.RuneStart(text[at-back]) {
			return at - back
		}
	}
	return at
}
