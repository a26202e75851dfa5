package web

import "net/http"

// contentPolicy lets a page load its own files and nothing else: no inline script or
// style, no frame, no form to elsewhere.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// fixedHeaders go with every answer. The slices are shared: nobody appends to them.
var fixedHeaders = http.Header{
	"Content-Security-Policy":      {contentPolicy},
	"X-Content-Type-Options":       {"nosniff"},
	"X-Frame-Options":              {"DENY"}, // what frame-ancestors says, for browsers before it
	"X-Xss-Protection":             {"0"},    // filters of old browsers made holes
	"Referrer-Policy":              {"same-origin"},
	"Permissions-Policy":           {"camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
	"Cross-Origin-Opener-Policy":   {"same-origin"},
	"Cross-Origin-Resource-Policy": {"same-origin"},
	"Cache-Control":                {"no-store"},
}

// hsts keeps browsers from ever asking this host by HTTP again. It says nothing about the
// host's neighbours, which are not ours.
var hsts = []string{"max-age=31536000"}

func setHeaders(h http.Header, requestID string, https bool) {
	for name, value := range fixedHeaders {
		h[name] = value
	}
	if https {
		h["Strict-Transport-Security"] = hsts
	}
	h.Set("X-Request-Id", requestID)
}
