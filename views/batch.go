package views

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/internal/review"
)

// BatchItemValue names an Item in a form for many, with the version that was shown.
func BatchItemValue(i review.Item) string { return i.ID + ":" + strconv.Itoa(i.Version) }

// ParseBatchItems reads what BatchItemValue wrote.
func ParseBatchItems(values []string) ([]review.BatchItem, error) {
	if len(values) > review.MaxTogether {
		return nil, badItems("must be at most " + strconv.Itoa(review.MaxTogether))
	}
	var out []review.BatchItem
	for _, value := range values {
		id, version, _ := strings.Cut(value, ":")
		n, err := strconv.Atoi(version)
		if err != nil || id == "" || len(id) > maxParam {
			return nil, badItems("cannot be read")
		}
		out = append(out, review.BatchItem{ID: id, Version: n})
	}
	return out, nil
}

// chooses tells whether the form begins with the row chosen. What is only near waits for somebody to look at it.
func (p AlikePage) chooses(r review.ClusterRow) bool {
	if p.Chosen != nil {
		return slices.Contains(p.Chosen, BatchItemValue(r.Item))
	}
	return p.Near || !r.Near
}

// alikeHref leads to the page of what is alike with an Item.
func alikeHref(itemID string, from review.Filter, near bool) string {
	values := url.Values{FieldFrom: {FilterQuery(from).Encode()}}
	if near {
		values.Set(ParamNear, "1")
	}
	return ItemStep(itemID, StepAlike) + "?" + values.Encode()
}

func badItems(message string) error {
	return review.Unprocessable([]review.FieldError{{Field: "items", Message: message}})
}
