package app

import (
	"strings"

	"github.com/guardroom/guardroom/internal/guard/textview"
	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views"
	"github.com/guardroom/guardroom/views/ui"
)

// maxDecodedBytes bounds how much of one reading a page shows.
const maxDecodedBytes = 64 << 10

// decode returns the readings of a content's texts that show what the text as it was
// submitted hides: as a reader would read it, where it has what nobody sees, and as
// Findings saw it.
func decode(content review.Content, findings []review.Finding) []views.DecodedText {
	wanted := map[[2]string]bool{} // Segment, view
	for _, f := range findings {
		if f.View != "" {
			wanted[[2]string{f.Segment, f.View}] = true
		}
	}
	var out []views.DecodedText
	for _, segment := range content.Segments() {
		hides := ui.HasHidden(segment.Text)
		if !hides && !anySegment(wanted, segment.Name) {
			continue
		}
		all := textview.New(segment.Text, textview.DefaultLimits()).All()
		if normal, ok := normalised(all); hides && ok {
			out = append(out, views.DecodedText{Segment: segment.Name, View: views.NormalView, Text: head(normal, maxDecodedBytes)})
		}
		for _, v := range all {
			name := v.Disguise()
			if key := [2]string{segment.Name, name}; wanted[key] {
				delete(wanted, key)
				out = append(out, views.DecodedText{Segment: segment.Name, View: name, Text: head(v.Text, maxDecodedBytes)})
			}
		}
	}
	return out
}

// normalised is the text as it was given, without what nobody sees.
func normalised(all []*textview.View) (string, bool) {
	for _, v := range all {
		if v.Kind == textview.KindClean && v.Parent == all[0] {
			return v.Text, true
		}
	}
	return "", false
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
