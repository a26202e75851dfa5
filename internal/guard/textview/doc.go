// Package textview makes the views of a text: the text as it was given, the text
// without what nobody sees, the text folded to what a reader would read, and what
// is hidden or encoded in it. Every view maps its bytes back to the bytes of the
// original, so that whatever is found in a view can be shown where it stands.
//
// The package judges nothing: it knows neither detectors nor policies, and a view
// is no suspicion. A blob is decoded only when what comes out reads as text, so
// that images, tokens and hashes yield no view. It imports nothing of ours.
//
// The ladder: (1) UTF-8, control, bidirectional and invisible characters; (2)
// compatibility forms, piled marks, look-alikes, leetspeak, letters set apart;
// (3) tag characters and variation selectors; (4) encodings and ciphers, undone and
// looked at again. Everything is linear in the length of the text and bounded by Limits.
package textview
