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
		if normal := normalised(all); hides && normal != nil {
			out = append(out, views.DecodedText{Segment: segment.Name, View: views.NormalView, Text: head(normal, all[0].Truncated)})
		}
		for _, v := range all {
			name := v.Disguise()
			if key := [2]string{segment.Name, name}; wanted[key] {
				delete(wanted, key)
				out = append(out, views.DecodedText{Segment: segment.Name, View: name, Text: head(v, all[0].Truncated)})
			}
		}
	}
	return out
}

// normalised is the text as it was given, without what nobody sees; nil when that is all of it.
func normalised(all []*textview.View) *textview.View {
	for _, v := range all {
		if v.Kind == textview.KindClean && v.Parent == all[0] {
			return v
		}
	}
	return nil
}

// head is the start of a reading, cut between characters; cut tells that the text of which
// it is one was not looked at whole.
func head(v *textview.View, cut bool) string {
	if len(v.Text) <= maxDecodedBytes && !v.Truncated && !cut {
		return v.Text
	}
	return strings.ToValidUTF8(v.Text[:min(len(v.Text), maxDecodedBytes)], "") + "…"
}

func anySegment(wanted map[[2]string]bool, segment string) bool {
	for key := range wanted {
		if key[0] == segment {
			return true
		}
	}
	return false
}
