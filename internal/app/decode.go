package app

import (
	"strings"

	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
)

// maxDecodedBytes bounds how much of one reading a page shows.
const maxDecodedBytes = 64 << 10

// decode returns the readings of a content's texts in which a Finding showed something
// that the text as submitted hid.
func decode(content review.Content, findings []review.Finding) []views.DecodedText {
	wanted := map[[2]string]bool{} // Segment, view
	for _, f := range findings {
		if f.View != "" {
			wanted[[2]string{f.Segment, f.View}] = true
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	var out []views.DecodedText
	for _, segment := range content.Segments() {
		if !anySegment(wanted, segment.Name) {
			continue
		}
		for _, v := range textview.New(segment.Text, textview.DefaultLimits()).All() {
			name := v.Disguise()
			if key := [2]string{segment.Name, name}; wanted[key] {
				delete(wanted, key)
				out = append(out, views.DecodedText{Segment: segment.Name, View: name, Text: head(v.Text, maxDecodedBytes)})
			}
		}
	}
	return out
}

// head is the start of a text, cut between characters.
func head(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}

func anySegment(wanted map[[2]string]bool, segment string) bool {
	for key := range wanted {
		if key[0] == segment {
			return true
		}
	}
	return false
}
