package views

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/guardroom/guardroom/internal/review"
	"github.com/guardroom/guardroom/views/text"
)

type ownKeys struct{}

// For returns the context in which pages are drawn for somebody: in their language, with their keys. accept is the
// Accept-Language header, for people who have set no language.
func For(ctx context.Context, p review.Preferences, accept string) context.Context {
	ctx = text.With(ctx, text.Choose(p.Language, accept))
	if len(p.Keys) == 0 || len(CheckOwnKeys(p.Keys)) > 0 {
		return ctx // keys that a newer Guardroom declares otherwise would press two things at once
	}
	return context.WithValue(ctx, ownKeys{}, p.Keys)
}

// of returns the key as the reader presses it. What stands beside the first way to press it stays: arrows are for everybody.
func (k Key) of(ctx context.Context) Key {
	own, _ := ctx.Value(ownKeys{}).(map[string]string)
	return k.with(own)
}

func (k Key) with(own map[string]string) Key {
	press := own[k.ID]
	if press == "" || k.ID == "" {
		return k
	}
	k.Press = append([]string{press}, k.Press[1:]...)
	return k
}

// ownable lists the keys that people may change.
func ownable() []Key {
	return slices.DeleteFunc(slices.Clone(sheet), func(k Key) bool { return k.ID == "" })
}

// CheckKeys returns an error when the declared keys collide: the program must not start with them.
func CheckKeys() error { return checkDeclared(sheet) }

func checkDeclared(keys []Key) error {
	ids := map[string]bool{}
	for _, k := range keys {
		if k.ID != "" && ids[k.ID] {
			return fmt.Errorf("views: two keys are named %q", k.ID)
		}
		ids[k.ID] = true
	}
	for _, c := range collisions(keys) {
		return fmt.Errorf("views: the key %q is both %q and %q", c.press, c.one.Does, c.other.Does)
	}
	return nil
}

// CheckOwnKeys tells what is wrong with somebody's keys, by the name of the command. It is empty when nothing is.
func CheckOwnKeys(own map[string]string) map[string]KeyProblem {
	wrong := map[string]KeyProblem{}
	for id, press := range own {
		if !slices.ContainsFunc(ownable(), func(k Key) bool { return k.ID == id }) || !pressable(press) {
			wrong[id] = KeyProblem{}
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	changed := make([]Key, len(sheet))
	for i, k := range sheet {
		changed[i] = k.with(own)
	}
	for _, c := range collisions(changed) {
		for _, pair := range [][2]Key{{c.one, c.other}, {c.other, c.one}} {
			if own[pair[0].ID] != "" {
				wrong[pair[0].ID] = KeyProblem{Taken: pair[1].Does}
			}
		}
	}
	return wrong
}

// KeyProblem says why a key cannot be had: another command takes it, or, without one, it cannot be pressed.
type KeyProblem struct{ Taken string }

func (p KeyProblem) say(ctx context.Context) string {
	if p.Taken == "" {
		return text.T(ctx, "must be one character, or two with a space between them")
	}
	return text.T(ctx, "is taken: %s", text.T(ctx, p.Taken))
}

// pressable tells whether a script can see the key pressed: one visible character, or two, one after the other.
func pressable(press string) bool {
	parts := strings.Split(press, " ")
	if len(parts) > 2 {
		return false
	}
	for _, p := range parts {
		r, size := utf8.DecodeRuneInString(p)
		if size == 0 || size != len(p) || r == utf8.RuneError || !unicode.IsPrint(r) || r == '|' { // bars stand between keys
			return false
		}
	}
	return true
}

type collision struct {
	press      string
	one, other Key
}

// collisions lists keys that work on one page and are pressed alike, and those that are the beginning of another.
func collisions(keys []Key) []collision {
	keys = slices.Concat(keys, digitKeys())
	var out []collision
	for i, one := range keys {
		for _, other := range keys[i+1:] {
			if one.Where != other.Where && one.Where != Everywhere && other.Where != Everywhere {
				continue
			}
			for _, press := range one.Press {
				if slices.ContainsFunc(other.Press, func(p string) bool { return clash(press, p) }) {
					out = append(out, collision{press, one, other})
				}
			}
		}
	}
	return out
}

func clash(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+" ") || strings.HasPrefix(b, a+" ")
}

// digitKeys are those of labels, of which a page has as many as its policy has, and of
// saved views, of which it has as many as somebody saved.
func digitKeys() []Key {
	var out []Key
	for i := range maxLabelKeys {
		out = append(out, labelKey(i))
	}
	for i := range viewKeys {
		out = append(out, viewKey(i))
	}
	return out
}
