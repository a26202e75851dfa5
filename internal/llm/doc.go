// Package llm is the one door to remote models: it speaks to OpenAI-compatible services, tries again what may come right,
// stops asking what keeps failing, and turns to other models when it must. It knows nothing of Apps, policies or screening.
package llm
