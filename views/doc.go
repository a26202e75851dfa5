// Package views turns what the use cases return into pages: one view model and one templ component per page, the paths and the keys that
// pages and routes share, and how numbers, times and untrusted texts are written for a reader.
//
// A component is a pure function of its model: the time is Shell.Now, the person is Shell.Viewer, and nothing is looked up. The package may
// import review, quality, static and views/ui; it knows neither Echo nor a store.
package views
