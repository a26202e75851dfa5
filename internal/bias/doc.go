// Package bias reads from exchanges how end users deal with a model's answers, and proposes metacognitive
// prompts: evidence (acceptance.go, leading.go) becomes Observations, Observations a running belief about each
// user's habits (engine.go, posterior.go), and a belief that is strong enough a Proposal (texts.go).
//
// The package stores nothing, decides nothing and interrupts nobody: review keeps the states, the policy says
// what may be proposed, and a person sends it. It knows no clock and no randomness of its own.
//
// Sources: DeBiasMe (arXiv 2504.16770) and Beyond Isolation (arXiv 2504.18759) for the interactionist view;
// Buçinca, Malaya & Gajos 2021 for cognitive forcing; Parasuraman & Manzey 2010 for what acceptance without
// checking means, and what it does not.
package bias
