package web

import (
	"encoding/json"
	"reflect"

	"github.com/guardroom/guardroom/internal/review"
)

// The shapes of what is posted.
var (
	submissionShape = shapeOf(reflect.TypeFor[review.Submission]())
	feedbackShape   = shapeOf(reflect.TypeFor[review.Feedback]())
	outcomeShape    = shapeOf(reflect.TypeFor[reportedOutcome]())
)

// decode reads exactly one value of the shape, strictly.
func decode(body []byte, s *shape, into any) error {
	d, err := newDocument(body)
	if err != nil {
		return err
	}
	if err := d.root(); err != nil {
		return err
	}
	if err := d.value(s); err != nil {
		return err
	}
	if err := d.end(); err != nil {
		return err
	}
	if err := d.takeFaults(); err != nil {
		return err
	}
	return unmarshal(body, into)
}

// root wants an object: null would be as good as nothing.
func (d *document) root() error {
	if d.peek() == '{' {
		return nil
	}
	if d.at == len(d.text) {
		return d.syntax("it is empty")
	}
	if err := d.value(free); err != nil {
		return err
	}
	if err := d.end(); err != nil {
		return err
	}
	return review.Errorf(review.CodeUnprocessable, "the body must be an object")
}

// unmarshal decodes what has been checked.
func unmarshal(text []byte, into any) error {
	if err := json.Unmarshal(text, into); err != nil {
		return review.Wrap(review.CodeInvalid, err, "the body cannot be read")
	}
	return nil
}

// posted is one Interaction of a batch: a Submission, or why it is none.
type posted struct {
	submission review.Submission
	err        error
}

// decodeBatch reads {"interactions":[…]}, or the bare list. What is wrong with one
// of them is its own matter; what is not JSON fails the whole.
func decodeBatch(body []byte) ([]posted, error) {
	d, err := newDocument(body)
	if err != nil {
		return nil, err
	}
	var batch []posted
	given := false
	switch d.peek() {
	case '[':
		given = true
		batch, err = d.interactions()
	case '{':
		err = d.object(func(name string) error {
			var err error
			switch {
			case name != "interactions":
				d.fault("is not a known field")
				return d.value(free)
			case given:
				d.fault("is given twice")
				return d.value(free)
			case d.peek() != '[':
				d.fault("must be a list")
				return d.value(free)
			}
			given = true
			faults := d.faults
			d.faults = nil
			batch, err = d.interactions()
			d.faults = faults
			return err
		})
	default:
		return nil, d.root()
	}
	if err != nil {
		return nil, err
	}
	if err := d.end(); err != nil {
		return nil, err
	}
	if err := d.takeFaults(); err != nil {
		return nil, err
	}
	return batch, checkBatch(batch, given)
}

func checkBatch(batch []posted, given bool) error {
	problem := ""
	switch {
	case !given:
		problem = "is missing"
	case len(batch) == 0:
		problem = "is empty"
	case len(batch) > review.MaxBatch:
		return review.Errorf(review.CodeTooLarge, "a batch has at most %d interactions", review.MaxBatch)
	default:
		return nil
	}
	return &review.Error{Code: review.CodeUnprocessable, Message: "interactions: " + problem,
		Fields: []review.FieldError{{Field: "interactions", Message: problem}}}
}

// interactions reads the list of a batch. Paths in its errors start at each element.
func (d *document) interactions() ([]posted, error) {
	var batch []posted
	outer := d.path
	err := d.list(func(i int) error {
		if i >= review.MaxBatch { // read on, to learn whether it is JSON, but keep nothing
			d.faults = nil
			batch = append(batch[:review.MaxBatch], posted{})
			return d.value(free)
		}
		d.path = nil
		start := d.at
		err := d.value(submissionShape)
		if err == nil {
			batch = append(batch, d.element(start))
		}
		d.path = append(outer, step{index: i})
		return err
	})
	return batch, err
}

func (d *document) element(start int) posted {
	if d.text[start] != '{' {
		d.faults = nil
		return posted{err: review.Errorf(review.CodeUnprocessable, "must be an object")}
	}
	if err := d.takeFaults(); err != nil {
		return posted{err: err}
	}
	var p posted
	p.err = unmarshal(d.text[start:d.at], &p.submission)
	return p
}
