package behavior

import (
	"encoding/gob"
	"fmt"
	"io"
	"maps"
	"slices"
)

// snapshotVersion changes whenever a field of what is saved changes its meaning: what another version saved is not read.
const snapshotVersion = 4

// A snapshot is a head, then every App, then every user.
type (
	snapshotHead struct {
		Version, Apps, Users int
		Held                 []heldUser
	}
	savedApp struct {
		ID      string
		Subject subject
		State   appState
	}
	savedUser struct {
		Key     userKey
		Subject subject
		Last    slot
		Topic   topics
		Probes  probes
		Fastest float32
	}
)

// Save writes what is known of everybody. Interactions may come meanwhile; each user and App is saved whole.
func (t *Tracker) Save(w io.Writer) error {
	enc := gob.NewEncoder(w)
	apps, users := t.savedApps(), t.savedUsers()
	if err := enc.Encode(snapshotHead{snapshotVersion, len(apps), len(users), t.holds.all()}); err != nil {
		return fmt.Errorf("behavior: save: %w", err)
	}
	for _, key := range apps {
		if err := t.saveApp(enc, key); err != nil {
			return fmt.Errorf("behavior: save: %w", err)
		}
	}
	for _, key := range users {
		if err := t.saveUser(enc, key); err != nil {
			return fmt.Errorf("behavior: save: %w", err)
		}
	}
	return nil
}

func (t *Tracker) savedApps() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Collect(maps.Keys(t.apps))
}

func (t *Tracker) savedUsers() []userKey {
	var keys []userKey
	for i := range t.users {
		t.users[i].mu.Lock()
		keys = slices.AppendSeq(keys, maps.Keys(t.users[i].users))
		t.users[i].mu.Unlock()
	}
	return keys
}

func (t *Tracker) saveApp(enc *gob.Encoder, id string) error {
	a := t.app(id)
	a.mu.Lock()
	defer a.mu.Unlock()
	return enc.Encode(savedApp{id, a.subject, a.appState})
}

// saveUser writes an empty user for one who was forgotten meanwhile, so that the head stays true.
func (t *Tracker) saveUser(enc *gob.Encoder, key userKey) error {
	sh := t.shardOf(key)
	sh.mu.Lock()
	defer sh.mu.Unlock()
	u := sh.users[key]
	if u == nil {
		return enc.Encode(savedUser{})
	}
	return enc.Encode(savedUser{key, u.subject, u.Last, u.Topic, u.Probes, u.Fastest})
}

// Load reads what Save wrote into a Tracker that knows nobody yet. After an error it still knows nobody.
func (t *Tracker) Load(r io.Reader) (err error) {
	defer func() {
		if err != nil {
			t.forget()
		}
	}()
	dec := gob.NewDecoder(r)
	var head snapshotHead
	if err := dec.Decode(&head); err != nil {
		return fmt.Errorf("behavior: load: %w", err)
	}
	if head.Version != snapshotVersion {
		return fmt.Errorf("behavior: load: the snapshot is of version %d, this program reads %d", head.Version, snapshotVersion)
	}
	for _, u := range head.Held {
		if u.sound() {
			t.holds.put(u)
		}
	}
	for range min(head.Apps, t.limits.Apps) {
		var saved savedApp
		if err := dec.Decode(&saved); err != nil {
			return fmt.Errorf("behavior: load: %w", err)
		}
		a := &app{appState: saved.State}
		a.subject = saved.Subject
		t.apps[saved.ID] = a
	}
	for range min(head.Users, t.limits.Users) {
		var saved savedUser
		if err := dec.Decode(&saved); err != nil {
			return fmt.Errorf("behavior: load: %w", err)
		}
		if saved.Key.User != "" {
			t.shardOf(saved.Key).users[saved.Key] = &user{saved.Subject, saved.Last, saved.Topic, saved.Probes, saved.Fastest}
		}
	}
	return nil
}

func (t *Tracker) forget() {
	t.apps = map[string]*app{}
	t.holds.forget()
	for i := range t.users {
		t.users[i].users = map[userKey]*user{}
	}
}

func (t *Tracker) shardOf(key userKey) *shard { return &t.users[hash(key.App+"\x00"+key.User)%shards] }
