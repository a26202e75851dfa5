package behavior

// Forget forgets a user of an App: what is usual for them, what was counted of them and not kept yet, and that they are held back. Counts of quotas
// end by themselves within the hour.
func (t *Tracker) Forget(appID, userID string) {
	key := userKey{appID, userID}
	sh := t.shardOf(key)
	sh.mu.Lock()
	delete(sh.users, key)
	sh.mu.Unlock()
	t.holds.drop(key)
	t.counts.mu.Lock()
	defer t.counts.mu.Unlock()
	for hour := range t.counts.hours {
		if hour.userKey == key {
			delete(t.counts.hours, hour)
		}
	}
	for day := range t.counts.costs {
		if day.userKey == key {
			delete(t.counts.costs, day)
		}
	}
}
