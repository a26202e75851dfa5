package views

import (
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

func badItems(message string) error {
	return review.Unprocessable([]review.FieldError{{Field: "items", Message: message}})
}
