// Package ui holds the small pieces that pages are made of: shapes, icons, times, keys, form fields, and the display of untrusted text.
// It imports nothing of ours, so it knows words and numbers, but not what an Item or a Finding is.
package ui
