package ui

import (
	"context"
	"strconv"
	"strings"

	"github.com/guardroom/guardroom/views/text"
)

// MarkID is the id of the mark of the card with that number; CardID that of the card.
func MarkID(number int) string { return "mark-" + strconv.Itoa(number) }

// CardID is the id of the card with that number.
func CardID(number int) string { return "card-" + strconv.Itoa(number) }

func (p Passage) cut() (head, tail []Piece) {
	pieces := Pieces(p.Text, p.Spans)
	if len(p.Text) <= FoldAbove {
		return pieces, nil
	}
	return Fold(pieces, foldShows)
}

// Marked lists the numbers of the cards that have a mark in the passage.
func (p Passage) Marked() []int {
	var numbers []int
	for _, piece := range Pieces(p.Text, p.Spans) {
		for _, i := range piece.Opens {
			numbers = append(numbers, p.Spans[i].Number)
		}
	}
	return numbers
}

func foldWords(ctx context.Context, tail []Piece) string {
	bytes, marks := 0, 0
	for _, piece := range tail {
		bytes += piece.Bytes()
		marks += len(piece.Opens)
	}
	switch marks {
	case 0:
		return text.T(ctx, "Show the other %s", Bytes(bytes))
	case 1:
		return text.T(ctx, "Show the other %s, with 1 finding in them", Bytes(bytes))
	default:
		return text.T(ctx, "Show the other %s, with %d findings in them", Bytes(bytes), marks)
	}
}

var tones = map[string]int{"low": 1, "medium": 2, "think": 2, "high": 3, "critical": 4}

// tone is the gravest of the spans over the piece.
func (p Passage) tone(piece Piece) string {
	tone := ""
	for _, i := range piece.Marks {
		if t := p.Spans[i].Tone; tones[t] > tones[tone] {
			tone = t
		}
	}
	return tone
}

func (p Passage) numbers(piece Piece) string {
	out := make([]string, len(piece.Marks))
	for i, s := range piece.Marks {
		out[i] = strconv.Itoa(p.Spans[s].Number)
	}
	return strings.Join(out, " ")
}

// Bytes writes a size for people: "312 bytes", "20.5 KB", "1.2 MB", in powers of 1,000.
func Bytes(n int) string {
	switch {
	case n == 1:
		return "1 byte"
	case n < 1000:
		return strconv.Itoa(n) + " bytes"
	case n < 999_950:
		return strconv.FormatFloat(float64(n)/1e3, 'f', 1, 64) + " KB"
	default:
		return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
	}
}
