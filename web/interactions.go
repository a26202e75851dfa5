package web

import (
	"context"
	"net/http"
	"sync"

	"github.com/labstack/echo/v4"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// answer is what an App learns about one Interaction.
type answer struct {
	ID            string               `json:"id"`
	Verdict       review.Verdict       `json:"verdict"`
	Risk          float64              `json:"risk"`
	Findings      []findingAnswer      `json:"findings"`
	Sanitized     sanitizedAnswer      `json:"sanitized"`
	Placeholders  map[string]string    `json:"placeholders,omitzero"` // only for who asks
	Interventions []interventionAnswer `json:"interventions"`
	Item          *itemAnswer          `json:"item"`
	PolicyVersion int                  `json:"policy_version"`
	ScreeningUS   int64                `json:"screening_us"`
}

// findingAnswer leaves out the evidence: the App has the text.
type findingAnswer struct {
	Detector   string          `json:"detector"`
	Category   review.Category `json:"category"`
	Severity   review.Severity `json:"severity"`
	Confidence float64         `json:"confidence"`
	Segment    string          `json:"segment"`
	Start      int             `json:"start"` // byte offsets into the segment's UTF-8 text, half open
	End        int             `json:"end"`
	Message    string          `json:"message"`
}

// sanitizedAnswer has the texts with placeholders for what was redacted.
type sanitizedAnswer struct {
	Prompt   string `json:"prompt"`
	Response string `json:"response"`
}

type interventionAnswer struct {
	ID         string                     `json:"id"`
	Bias       string                     `json:"bias"`
	Strategy   string                     `json:"strategy"`
	Text       string                     `json:"text"`
	Confidence float64                    `json:"confidence"`
	Severity   review.Severity            `json:"severity"`
	State      review.InterventionState   `json:"state"`
	Outcome    review.InterventionOutcome `json:"outcome,omitempty"`
}

type itemAnswer struct {
	ID    string           `json:"id"`
	URL   string           `json:"url"`
	State review.ItemState `json:"state"`
}

// wantsPlaceholders tells whether the App asks what the placeholders stand for. It has
// the texts anyway; in a log of answers they would be one copy too many.
func (c *call) wantsPlaceholders() (bool, error) {
	q, err := c.query()
	if err != nil {
		return false, err
	}
	switch q.Get("redactions") {
	case "":
		return false, nil
	case "map":
		return true, nil
	default:
		return false, wrongField("redactions", "must be map, or left out")
	}
}

func (s *Server) answerOf(c *call, r review.Receipt, placeholders bool) answer {
	a := answer{
		ID: r.ID, Verdict: r.Assessment.Verdict, Risk: r.Assessment.Risk,
		Findings: findingAnswers(r.Assessment.Findings),
		Sanitized: sanitizedAnswer{
			Prompt:   r.Assessment.Sanitized("prompt", r.Content.Prompt),
			Response: r.Assessment.Sanitized("response", r.Content.Response),
		},
		Interventions: interventionAnswers(r.Interventions),
		PolicyVersion: r.Assessment.PolicyVersion, ScreeningUS: r.Assessment.ScreeningUS,
	}
	if placeholders {
		a.Placeholders = r.Assessment.Placeholders(r.Content)
	}
	if r.Item != nil {
		a.Item = &itemAnswer{ID: r.Item.ID, URL: s.absolute(c, views.ItemPath(r.Item.ID)), State: r.Item.State}
	}
	return a
}

func findingAnswers(findings []review.Finding) []findingAnswer {
	out := make([]findingAnswer, len(findings))
	for i, f := range findings {
		out[i] = findingAnswer{
			Detector: f.Detector, Category: f.Category, Severity: f.Severity, Confidence: f.Confidence,
			Segment: f.Segment, Start: f.Start, End: f.End, Message: f.Message,
		}
	}
	return out
}

func interventionAnswers(ivs []review.Intervention) []interventionAnswer {
	out := make([]interventionAnswer, len(ivs))
	for i, iv := range ivs {
		text := iv.Text
		if iv.DeliveredText != "" {
			text = iv.DeliveredText
		}
		out[i] = interventionAnswer{
			ID: iv.ID, Bias: iv.Bias, Strategy: iv.Strategy, Text: text,
			Confidence: iv.Confidence, Severity: iv.Severity, State: iv.State, Outcome: iv.Outcome,
		}
	}
	return out
}

// absolute is the address of a path for somebody elsewhere.
func (s *Server) absolute(c *call, path string) string {
	if base := s.Options.PublicURL; base != "" {
		return base + path
	}
	scheme := "http://"
	if c.Request().TLS != nil {
		scheme = "https://"
	}
	return scheme + c.Request().Host + path
}

// submit takes one Interaction: 201 when it was stored, 200 when it had been before.
func (s *Server) submit(c *call) error {
	placeholders, err := c.wantsPlaceholders()
	if err != nil {
		return err
	}
	var sub review.Submission
	if err := c.readInto(s.Options.MaxBody, submissionShape, &sub); err != nil {
		return err
	}
	receipt, err := s.Service.Submit(c.Request().Context(), c.caller, sub)
	if err != nil {
		return err
	}
	setAllowances(c.Response().Header(), receipt.Allowances)
	c.Response().Header().Set("Location", pathInteractions+"/"+receipt.ID)
	return c.json(created(receipt), echo.MIMEApplicationJSON, s.answerOf(c, receipt, placeholders))
}

func created(r review.Receipt) int {
	if r.Repeated {
		return http.StatusOK
	}
	return http.StatusCreated
}

// readInto reads a JSON body of a shape.
func (c *call) readInto(limit int64, shape *shape, into any) error {
	body, err := c.readJSON(limit)
	if err != nil {
		return err
	}
	defer recycle(body)
	return decode(body.Bytes(), shape, into)
}

// batchAnswer answers each Interaction of a batch for itself, in the order given.
type batchAnswer struct {
	Results []result `json:"results"`
}

// result has either the Interaction or the problem.
type result struct {
	Status      int      `json:"status"`
	Interaction *answer  `json:"interaction,omitempty"`
	Problem     *problem `json:"problem,omitempty"`
}

// batchWorkers is how many Interactions of a batch are under way at once: enough to
// share one write to disk, not so many that one caller pushes all others aside.
const batchWorkers = 128

// submitBatch takes up to review.MaxBatch Interactions.
func (s *Server) submitBatch(c *call) error {
	placeholders, err := c.wantsPlaceholders()
	if err != nil {
		return err
	}
	body, err := c.readJSON(s.Options.MaxBatchBody)
	if err != nil {
		return err
	}
	batch, err := decodeBatch(body.Bytes())
	recycle(body)
	if err != nil {
		return err
	}
	results := make([]result, len(batch))
	places := make(chan int)
	var workers sync.WaitGroup
	for range min(batchWorkers, len(batch)) {
		workers.Go(func() {
			for i := range places {
				results[i] = s.submitOne(c, batch[i], placeholders)
			}
		})
	}
	for i := range batch {
		places <- i
	}
	close(places)
	workers.Wait()
	return c.ok(batchAnswer{results})
}

func (s *Server) submitOne(c *call, p posted, placeholders bool) result {
	receipt, err := s.submitPosted(c.Request().Context(), c.caller, p)
	if err != nil {
		r := refusalOf(err)
		if r.status >= http.StatusInternalServerError {
			s.Logger.Error("an interaction of a batch failed", "request_id", c.id, "error", err)
		}
		problem := r.problem(c.id)
		return result{Status: r.status, Problem: &problem}
	}
	a := s.answerOf(c, receipt, placeholders)
	return result{Status: created(receipt), Interaction: &a}
}

// submitPosted turns a panic into an error: outside the request's own goroutine
// nobody else would catch it.
func (s *Server) submitPosted(ctx context.Context, caller review.Caller, p posted) (r review.Receipt, err error) {
	if p.err != nil {
		return review.Receipt{}, p.err
	}
	defer recovered(&err)
	return s.Service.Record(ctx, caller, p.submission, review.Recording{Bulk: true})
}

// interaction returns the answer of an earlier Submission.
func (s *Server) interaction(c *call) error {
	placeholders, err := c.wantsPlaceholders()
	if err != nil {
		return err
	}
	id, err := c.object()
	if err != nil {
		return err
	}
	receipt, err := s.Service.Receipt(c.Request().Context(), c.caller, id)
	if err != nil {
		return err
	}
	return c.ok(s.answerOf(c, receipt, placeholders))
}

// feedbackAnswer has the Interventions that the Feedback gave rise to.
type feedbackAnswer struct {
	InteractionID string               `json:"interaction_id"`
	Interventions []interventionAnswer `json:"interventions"`
}

// feedback takes what the end user did with a response.
func (s *Server) feedback(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	var f review.Feedback
	if err := c.readInto(s.Options.MaxBody, feedbackShape, &f); err != nil {
		return err
	}
	opened, err := s.Service.AddFeedback(c.Request().Context(), c.caller, id, f)
	if err != nil {
		return err
	}
	return c.ok(feedbackAnswer{InteractionID: id, Interventions: interventionAnswers(opened)})
}

// reportedOutcome is what an App says that a user did with an Intervention.
type reportedOutcome struct {
	Outcome review.InterventionOutcome `json:"outcome"`
}

// interventionOutcome takes what the end user did with an Intervention.
func (s *Server) interventionOutcome(c *call) error {
	id, err := c.object()
	if err != nil {
		return err
	}
	var reported reportedOutcome
	if err := c.readInto(s.Options.MaxBody, outcomeShape, &reported); err != nil {
		return err
	}
	iv, err := s.Service.ReportOutcome(c.Request().Context(), c.caller, id, reported.Outcome)
	if err != nil {
		return err
	}
	return c.ok(interventionAnswers([]review.Intervention{iv})[0])
}
