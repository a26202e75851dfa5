package review

import (
	"context"
	"errors"
	"iter"
	"time"
)

// Lesson is what a Decision teaches the guard: texts that a person blocked or approved.
type Lesson struct {
	DecisionID string
	AppID      string
	Blocked    bool // otherwise approved
	Texts      []string
	At         time.Time
}

// Memory is taught what people decide. It must be safe for concurrent use.
type Memory interface {
	// Learn takes a Lesson; the same one again changes nothing.
	Learn(Lesson)
	// Forget takes the Lesson of a Decision back, if there was one.
	Forget(appID, decisionID string)
}

// Taught is one step of the history of Decisions, as a store tells it: a Decision that
// stands, with what it was about, or one that was undone.
type Taught struct {
	DecisionID string
	AppID      string
	Undone     bool // nothing below is known then
	Judgement  Judgement
	Kind       ItemKind
	Content    Content
	Findings   []Finding // at that time
	At         time.Time
}

// lesson returns what is to be learned, if anything: what an escalation will become is
// open, an Intervention is not about its prompt, and a control is nobody's text.
func (t Taught) lesson() (Lesson, bool) {
	if t.Judgement == JudgeEscalate || t.Kind != KindInteraction && t.Kind != KindAudit {
		return Lesson{}, false
	}
	texts := suspects(t.Content, t.Findings)
	return Lesson{DecisionID: t.DecisionID, AppID: t.AppID, Blocked: t.Judgement == JudgeBlock, Texts: texts, At: t.At}, len(texts) > 0
}

// suspects are the texts of outsiders that the guard had found something in, or else
// the prompt: a conversation that was blocked has harmless turns and documents, too.
func suspects(c Content, findings []Finding) (texts []string) {
	suspected := map[string]bool{}
	for _, f := range findings {
		suspected[f.Segment] = true
	}
	for _, s := range c.Segments() {
		if s.Trust <= TrustUser && suspected[s.Name] {
			texts = append(texts, s.Text)
		}
	}
	if texts == nil && c.Prompt != "" {
		texts = []string{c.Prompt}
	}
	return texts
}

// History is what a Learner reads of a store. A cursor stands for a moment in the order
// in which Decisions and undos became durable.
type History interface {
	Apps(ctx context.Context) ([]App, error)
	// HistoryEnd is the cursor of now.
	HistoryEnd(ctx context.Context) (cursor int64, err error)
	// LatestTaught yields the App's newest Decisions that stand, at most limit of them,
	// oldest first.
	LatestTaught(ctx context.Context, appID string, limit int) iter.Seq2[Taught, error]
	// TaughtAfter returns at most limit steps after a cursor, in order, and the cursor to
	// go on from. An undone Decision comes as undone, also where it was made.
	TaughtAfter(ctx context.Context, after int64, limit int) (steps []Taught, next int64, err error)
}

// Learner keeps a Memory up to date with what people decide, in whichever process. It
// is not safe for concurrent use.
type Learner struct {
	history History
	memory  Memory
	limit   int // of Decisions per App that are learned at the start
	cursor  int64
}

// NewLearner checks that nothing is missing.
func NewLearner(history History, memory Memory, limit int) (*Learner, error) {
	if history == nil || memory == nil || limit < 1 {
		return nil, errors.New("review: a learner needs a history, a memory and a limit")
	}
	return &Learner{history: history, memory: memory, limit: limit}, nil
}

// Start teaches what was decided before. What is decided meanwhile is learned again by
// Follow, which does no harm.
func (l *Learner) Start(ctx context.Context) error {
	end, err := l.history.HistoryEnd(ctx)
	if err != nil {
		return err
	}
	apps, err := l.history.Apps(ctx)
	if err != nil {
		return err
	}
	for _, app := range apps {
		for step, err := range l.history.LatestTaught(ctx, app.ID, l.limit) {
			if err != nil {
				return err
			}
			l.teach(step)
		}
	}
	l.cursor = end
	return nil
}

// followAtOnce is how many steps are read together.
const followAtOnce = 32

// Follow teaches what was decided since the last time.
func (l *Learner) Follow(ctx context.Context) error {
	for {
		steps, next, err := l.history.TaughtAfter(ctx, l.cursor, followAtOnce)
		if err != nil {
			return err
		}
		for _, step := range steps {
			l.teach(step)
		}
		l.cursor = next
		if len(steps) < followAtOnce {
			return nil
		}
	}
}

func (l *Learner) teach(step Taught) {
	if step.Undone {
		l.memory.Forget(step.AppID, step.DecisionID)
		return
	}
	if lesson, ok := step.lesson(); ok {
		l.memory.Learn(lesson)
	}
}
