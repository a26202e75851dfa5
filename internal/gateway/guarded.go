package gateway

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/guardroom/guardroom/internal/llm"
	"github.com/guardroom/guardroom/internal/review"
)

// recordFor is how long recording may take once a call is over, whether its caller is still there or not.
const recordFor = 30 * time.Second

// guarded is one call on its way.
type guarded struct {
	gateway  *Gateway
	caller   review.Caller
	policy   review.Policy
	endpoint string
	id       string // of the Interaction, from the start: streams tell it before anything is stored
	began    time.Time
	sub      review.Submission
	input    review.Assessment
	restore  *restorer
	hold     bool // the caller asks for it
	least    review.Verdict
	grant    *review.Grant // nil when it was not admitted
	upstream time.Duration
	tools    string // that are offered, as the model reads them beside the texts
}

// output is what came back.
type output struct {
	text   string
	calls  []review.ToolCall
	usage  review.Usage
	route  llm.Route
	error  string
	unsent bool // what went in was refused
}

// need is what a call asks for beside its texts.
type need struct {
	most  int    // tokens that the answer may have
	hold  bool   // until a person has seen it
	tools string // that are offered to the model
}

// start screens what goes in. The error is a Refused or a Failed once the call is recorded.
func (g *Gateway) start(ctx context.Context, caller review.Caller, endpoint string, policy review.Policy, sub review.Submission, need need) (*guarded, error) {
	c := &guarded{gateway: g, caller: caller, policy: policy, endpoint: endpoint, id: g.NewID(), began: g.Clock(), sub: sub, restore: nothing(), hold: need.hold, tools: need.tools}
	if err := sub.Validate(c.began.UTC()); err != nil {
		return nil, err
	}
	if need.hold && policy.Gateway.Hold.Forbidden {
		return nil, review.Errorf(review.CodeForbidden, "callers of this App may not ask for a hold")
	}
	if err := c.admit(ctx, need.most); err != nil {
		return nil, c.fail(ctx, err)
	}
	c.input = g.Service.Assess(ctx, c.content().Segments(), policy)
	c.least = c.input.Verdict
	switch {
	case c.input.Verdict == review.VerdictBlock:
		return nil, c.refuse(ctx)
	case policy.Refuses(c.input.Failures):
		return nil, c.fail(ctx, review.Unavailable(errors.New("gateway: a detector could not answer"), "the guard cannot answer now, and this App sends nothing unguarded", time.Second))
	}
	if !policy.Gateway.SendPersonal && !policy.Gateway.KeepPlaceholders {
		c.restore = newRestorer(c.input.Placeholders(c.content()))
	}
	return c, nil
}

func (c *guarded) content() review.Content { return c.sub.Content() }

// admit asks whether the user is blocked, and the quotas, which need to know what the call can cost at most before the money is spent.
func (c *guarded) admit(ctx context.Context, most int) (err error) {
	if err := c.gateway.Service.Barred(c.caller.App.ID, c.sub.UserID); err != nil {
		return err
	}
	c.grant, err = c.gateway.Service.Admit(ctx, c.caller, c.policy, review.Demand{
		UserID: c.sub.UserID, Context: c.sub.Context, Model: c.sub.Model, Usage: review.Usage{PromptTokens: c.tokensIn(), CompletionTokens: most},
	})
	return err
}

// What a chat costs beside its texts: for each message, and for the answer that begins.
const (
	messageTokens = 4
	answerTokens  = 3
)

// tokensIn counts what the model is to read: the texts, what the App says before them and the tools that are offered.
func (c *guarded) tokensIn() int {
	model := c.sub.Model
	n := answerTokens
	for _, s := range c.content().Segments() {
		n += llm.CountTokens(model, s.Text) + messageTokens
	}
	if system := c.policy.Gateway.System; c.endpoint == "completion" && system != "" { // of a chat it is one of the texts
		n += llm.CountTokens(model, system) + messageTokens
	}
	return n + llm.CountTokens(model, c.tools)
}

// model is the one to ask: once the App's budget is spent, the one that its policy degrades to.
func (c *guarded) model(asked string) string {
	return cmp.Or(c.grant.Degrade, asked)
}

// refuse records a call whose input is not let through.
func (c *guarded) refuse(ctx context.Context) error {
	receipt, err := c.record(ctx, output{unsent: true})
	if err != nil {
		return err
	}
	c.told(OutcomeRefused)
	return &Refused{c.ticket(receipt)}
}

// fail records a call that has no answer, and gives the reason back.
func (c *guarded) fail(ctx context.Context, cause error) error {
	outcome := OutcomeFailed
	switch {
	case ctx.Err() != nil:
		outcome = OutcomeGone
	case review.CodeOf(cause) == review.CodeRateLimited:
		outcome = OutcomeLimited
	}
	receipt, err := c.record(ctx, output{error: failure(cause)})
	if err != nil {
		return err
	}
	c.told(outcome)
	return &Failed{c.ticket(receipt), cause}
}

// failure is what the record says of an error: our own words, not the upstream's.
func failure(err error) string {
	var known *review.Error
	if errors.As(err, &known) {
		return string(known.Code) + ": " + known.Message
	}
	return "the call failed"
}

func (c *guarded) told(outcome string) {
	c.gateway.Meter.Guarded(c.endpoint, outcome, c.upstream)
}

// record stores the whole call once. It does so for callers who went away, too.
func (c *guarded) record(ctx context.Context, out output) (review.Receipt, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordFor)
	defer cancel()
	sub := c.sub
	sub.Response = strings.ToValidUTF8(out.text, "\uFFFD")
	sub.ToolCalls = slices.Concat(sub.ToolCalls, out.calls)
	sub.Usage, sub.LatencyMS, sub.Error = out.usage, c.upstream.Milliseconds(), out.error
	if out.route.Outrun { // who was given up had read the same; what it had written nobody says
		sub.Usage.PromptTokens *= 2
	}
	if out.route.Model != "" && out.route.Model != sub.Model {
		sub.ModelVersion = out.route.Model
	}
	if len(c.content().Segments()) == 0 && sub.Response == "" && sub.Error == "" {
		sub.Error = "the call had no text"
	}
	return c.gateway.Service.Record(ctx, c.caller, sub, review.Recording{
		ID: c.id, Policy: &c.policy, Grant: c.grant, Least: c.least, Unsent: out.unsent,
		Hold: func(a review.Assessment) *review.HoldTerms { return c.holdTerms(a, out) },
	})
}

// holdTerms tells whether the answer waits for a person. What is blocked waits for nobody.
func (c *guarded) holdTerms(a review.Assessment, out output) *review.HoldTerms {
	rules := c.policy.Gateway.Hold
	if a.Verdict == review.VerdictBlock || out.error != "" || out.text == "" && len(out.calls) == 0 {
		return nil
	}
	switch {
	case c.hold:
		return &review.HoldTerms{Wait: rules.Wait(), Reason: "The application waits for a person before it uses this answer."}
	case rules.Wanted(a):
		return &review.HoldTerms{Wait: rules.Wait()}
	}
	return nil
}

func (c *guarded) ticket(r review.Receipt) Ticket {
	return Ticket{
		Interaction: r.ID, Verdict: r.Assessment.Verdict, Item: r.Item, Risk: r.Assessment.Risk, Findings: r.Assessment.Findings,
		HeldUntil: r.HeldUntil, Policy: c.policy,
	}
}

// begun is the ticket of a call that goes on.
func (c *guarded) begun() Ticket {
	return Ticket{Interaction: c.id, Verdict: c.input.Verdict, Risk: c.input.Risk, Findings: c.input.Findings, Policy: c.policy}
}
