package simulation

import (
	"math/rand/v2"
	"strings"
)

// themes are what people write about. Everybody has two.
var themes = [][]string{
	strings.Fields("invoice payment refund card order delivery parcel address customer account receipt discount shipping return warranty voucher basket courier billing currency"),
	strings.Fields("python function error list loop class import module exception test variable string server database query index thread socket compiler branch"),
	strings.Fields("recipe flour butter oven soup salad garlic onion dinner bake sugar lemon spice noodle cheese tomato yeast simmer broth pepper"),
	strings.Fields("contract clause party notice term liability court lawyer agreement rights tenant deposit law signature appeal damages lease witness statute consent"),
	strings.Fields("muscle training sleep diet protein stretch running knee doctor pain blood pressure vitamin headache rest allergy fever dose ankle posture"),
	strings.Fields("meeting agenda report slide budget project deadline manager team customer quarter forecast email summary task hiring review goal roadmap minutes"),
	strings.Fields("essay history chapter century war treaty king empire source argument thesis paragraph citation revolution trade colony church peasant printing migration"),
	strings.Fields("travel flight hotel train ticket visa luggage museum beach island passport airport itinerary hostel ferry mountain guide weather border rental"),
	strings.Fields("garden soil seed tomato compost water prune rose lawn frost bulb hedge weed mulch greenhouse apple bee slug pot sunlight"),
	strings.Fields("equation integral vector matrix proof limit derivative probability sample variance theorem function graph angle triangle prime factor series field group"),
	strings.Fields("guitar chord melody rhythm song verse chorus piano scale tempo drum record mix lyric harmony bass violin concert practice tune"),
	strings.Fields("car engine brake tyre battery oil clutch insurance garage mileage steering filter fuel gearbox headlight exhaust belt spark mechanic inspection"),
}

var glue = strings.Fields("how do i the a my with for what is can you please why does it when and explain write help me about best way to fix should we have this that not but after before more less there again could would which one two new old")

// templates are what a program asks that copies a model; %s is what it goes through.
var templates = []string{
	"Explain in one paragraph what a %s is and why it matters",
	"Write five multiple choice questions about %s with answers",
	"Give a detailed step by step description of how %s works",
	"List the ten most important facts about %s as a numbered list",
	"Translate a typical sentence about %s into French and German",
	"Compare %s with its closest alternative in a short table",
	"Write a short dialogue between two experts about %s",
	"Classify the sentiment of a typical customer review about %s",
}

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

// sentence is glue with words of a theme in it.
func sentence(r *rand.Rand, theme []string, words int) string {
	out := make([]string, words)
	for i := range out {
		if r.IntN(3) == 0 {
			out[i] = pick(r, theme)
		} else {
			out[i] = pick(r, glue)
		}
	}
	return strings.Join(out, " ")
}
