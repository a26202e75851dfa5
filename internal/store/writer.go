package store

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/guardroom/guardroom/internal/review"
)

const (
	maxGroup = 256

	// The writer waits for callers that have just been answered and come again, but
	// only when the last group was large: an idle server commits at once.
	lingerFrom = 8
	lingerFor  = 2 * time.Millisecond

	// patience is how long a group goes on running what programs sent while a person waits.
	patience = 5 * time.Millisecond

	// tendEvery is after how many writes the planner's statistics are refreshed.
	tendEvery = 20_000
)

// writer runs what callers want to write on one goroutine, many of them in one
// transaction. A group first runs without savepoints. When a function fails after
// it wrote, the group is rolled back and runs once more with a savepoint for each
// function, so that one that fails harms no other. Nobody is answered before the
// group is durable, or is known not to be.
//
// What people wait for goes before what programs send, and a group is cut short for it.
type writer struct {
	dialect  dialect
	db       *sql.DB
	ring     *ring
	logger   *slog.Logger
	urgent   chan *job // what people wait for
	queue    chan *job // all else
	folder   *folder   // nil where the database folds its log itself
	turn     sync.Mutex
	patience time.Duration
	gone     chan struct{} // closed when the goroutine has ended

	handing sync.RWMutex // held for reading while a job is handed over
	closed  bool

	// Of the goroutine alone:
	session *session // nil until the first group, and after a fault
	left    []*job   // of a group that was cut short
	written int      // since the statistics were refreshed
}

// job is one caller's function.
type job struct {
	fn    func(*tx) error
	from  review.Origin
	state atomic.Int32 // one of the three below
	err   error        // set before done is closed
	done  chan struct{}
}

// urgent: a person waits for it.
func (j *job) urgent() bool { return j.from.Role != "" }

const (
	jobWaiting int32 = iota
	jobTaken
	jobWithdrawn
)

func startWriter(d dialect, keys *ring, logger *slog.Logger) *writer {
	w := &writer{dialect: d, db: d.openWriter(), ring: keys, logger: logger, patience: patience,
		urgent: make(chan *job, maxGroup), queue: make(chan *job, maxGroup), gone: make(chan struct{})}
	if log := d.openFolder(); log != nil {
		w.folder = startFolder(log, &w.turn, logger)
	}
	go w.run()
	return w
}

// do hands fn over and waits for its result. When ctx ends before fn's group has
// begun, fn never runs; afterwards the result counts, however long it takes.
func (w *writer) do(ctx context.Context, fn func(*tx) error) error {
	j := &job{fn: fn, from: review.OriginOf(ctx), done: make(chan struct{})}
	if err := w.hand(ctx, j); err != nil {
		return err
	}
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
	}
	if j.state.CompareAndSwap(jobWaiting, jobWithdrawn) {
		return cancelled(ctx)
	}
	<-j.done
	return j.err
}

func (w *writer) hand(ctx context.Context, j *job) error {
	w.handing.RLock()
	defer w.handing.RUnlock()
	if w.closed {
		return review.Errorf(review.CodeUnavailable, "the store is closed")
	}
	if ctx.Err() != nil {
		return cancelled(ctx)
	}
	lane := w.queue
	if j.urgent() {
		lane = w.urgent
	}
	select {
	case lane <- j:
		return nil
	case <-ctx.Done():
		return cancelled(ctx)
	}
}

func cancelled(ctx context.Context) error {
	return review.Unavailable(ctx.Err(), "the request ended before it was written", retryAfter)
}

// drain refuses new jobs and returns when those that were accepted are answered.
func (w *writer) drain() {
	w.handing.Lock()
	w.closed = true
	w.handing.Unlock()
	close(w.urgent)
	close(w.queue)
	<-w.gone
	w.folder.stop()
}

// close ends the connection of a drained writer.
func (w *writer) close() error {
	w.drop()
	return w.db.Close()
}

func (w *writer) run() {
	defer close(w.gone)
	last := 0
	for first := w.await(nil); first != nil; first = w.await(nil) {
		group := w.gather(first, last)
		last = len(group)
		w.commit(group)
	}
	w.tend()
}

// poll returns a job that waits, one of a person before others; nil when there is none.
func (w *writer) poll() *job {
	select {
	case j := <-w.urgent: // nil once it is closed and empty
		if j != nil {
			return j
		}
	default:
	}
	if len(w.left) > 0 {
		j := w.left[0]
		w.left = w.left[1:]
		return j
	}
	select {
	case j := <-w.queue:
		return j
	default:
		return nil
	}
}

// await is poll, but waits for a job: until the time, or until there will be none.
// The lanes are closed after the last job was handed over, so that a look after the
// one has shown to be closed sees all that is left in the other.
func (w *writer) await(until <-chan time.Time) *job {
	if j := w.poll(); j != nil {
		return j
	}
	var j *job
	select {
	case j = <-w.urgent:
	case j = <-w.queue:
	case <-until:
		return nil
	}
	if j == nil {
		return w.poll()
	}
	return j
}

// gather takes what is waiting, those first for whom a person waits, and lingers for
// as many as there were last time unless somebody is in it who would wait longer.
func (w *writer) gather(first *job, last int) []*job {
	group := append(make([]*job, 0, maxGroup), first)
	people := 0
	if first.urgent() {
		people = 1
	}
	var linger <-chan time.Time
	if last >= lingerFrom {
		linger = time.After(lingerFor)
	}
	for len(group) < maxGroup {
		j := w.poll()
		if j == nil && linger != nil && people == 0 && len(group) < last {
			j = w.await(linger)
		}
		if j == nil {
			break
		}
		group = append(group, j)
		if j.urgent() {
			group[people], group[len(group)-1] = j, group[people]
			people++
		}
	}
	return group
}

// commit runs a group and answers everybody in it.
func (w *writer) commit(group []*job) {
	ctx, cancel := w.dialect.limit()
	defer cancel()
	w.turn.Lock()
	err := w.begin(ctx)
	group = take(group)
	if err == nil {
		group, err = w.runGroup(ctx, group)
	}
	w.turn.Unlock()
	if err != nil {
		w.logger.Warn("a group of writes was rolled back", "writes", len(group), "error", err)
		w.drop()
	}
	for _, j := range group {
		if err != nil {
			j.err = err
		}
		close(j.done)
	}
	w.folder.wrote(len(group))
	if w.written += len(group); w.written >= tendEvery {
		w.tend()
	}
}

// take marks the jobs that begin now and leaves out those that were withdrawn.
func take(group []*job) []*job {
	taken := group[:0]
	for _, j := range group {
		if j.state.CompareAndSwap(jobWaiting, jobTaken) {
			taken = append(taken, j)
		}
	}
	return taken
}

// begin starts a transaction, on a new connection when there is none or when the
// old one is found to be broken.
func (w *writer) begin(ctx context.Context) error {
	if w.session != nil {
		err := w.session.begin(ctx)
		if !connectionLost(err) {
			return normalise(w.dialect, err)
		}
		w.drop()
	}
	session, err := openSession(ctx, w.dialect, w.db, w.ring)
	if err != nil {
		return normalise(w.dialect, err)
	}
	w.session = session
	return normalise(w.dialect, session.begin(ctx))
}

// runGroup ends the transaction and returns the part of the group that was in it.
// Its error means that nothing of that is stored; errors of single jobs are in the jobs.
func (w *writer) runGroup(ctx context.Context, group []*job) ([]*job, error) {
	t, n, ok := w.runPlain(ctx, group)
	if unservable(t.failed) {
		return group, t.failed
	}
	if !ok {
		if err := w.again(ctx); err != nil {
			return group, err
		}
		var err error
		if t, err = w.runGuarded(ctx, group); err != nil {
			return group, err
		}
		n = len(group)
	}
	w.leave(group[n:])
	return group[:n], normalise(w.dialect, w.session.end(ctx, t.wrote))
}

// leave puts jobs back that have not run: they are the next, after those of people.
func (w *writer) leave(jobs []*job) {
	for _, j := range jobs {
		j.state.Store(jobWaiting)
	}
	if len(jobs) > 0 {
		w.left = slices.Concat(jobs, w.left)
	}
}

// enough tells whether the rest of a group has to wait, since a person does. One job
// of a program runs in any case: whoever is patient gets there, too.
func (w *writer) enough(group []*job, ran int, begun time.Time) bool {
	if ran == 0 || group[ran-1].urgent() || !group[0].urgent() && len(w.urgent) == 0 {
		return false
	}
	return time.Since(begun) >= w.patience
}

// runPlain runs the jobs without savepoints and says how many; not ok means that one
// failed and left something behind.
func (w *writer) runPlain(ctx context.Context, group []*job) (*tx, int, bool) {
	t := &tx{session: w.session, ctx: ctx}
	wrote := false
	begun := time.Now()
	for i, j := range group {
		if w.enough(group, i, begun) {
			t.wrote = wrote
			return t, i, true
		}
		t.wrote, t.origin = false, j.from
		j.err = w.call(t, j.fn)
		if t.failed != nil || (j.err != nil && t.wrote) {
			return t, i, false
		}
		wrote = wrote || t.wrote
	}
	t.wrote = wrote
	return t, len(group), true
}

func (w *writer) again(ctx context.Context) error {
	if err := w.session.end(ctx, false); err != nil {
		return normalise(w.dialect, err)
	}
	return normalise(w.dialect, w.session.begin(ctx))
}

// runGuarded runs each job inside a savepoint.
func (w *writer) runGuarded(ctx context.Context, group []*job) (*tx, error) {
	all := &tx{session: w.session, ctx: ctx}
	for _, j := range group {
		if err := all.control("SAVEPOINT job"); err != nil {
			return nil, err
		}
		one := &tx{session: w.session, ctx: ctx, head: all.head, origin: j.from}
		j.err = w.call(one, j.fn)
		if unservable(one.failed) {
			return nil, one.failed
		}
		if j.err != nil {
			if err := all.control("ROLLBACK TO SAVEPOINT job"); err != nil {
				return nil, err
			}
		} else {
			all.head, all.wrote = one.head, all.wrote || one.wrote
		}
		if err := all.control("RELEASE SAVEPOINT job"); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// call runs fn and turns a panic into its error. A statement that failed is fn's
// failure also when fn looked away: on PostgreSQL nothing after it counts.
func (w *writer) call(t *tx, fn func(*tx) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.logger.Error("a write panicked", "stack", string(debug.Stack()))
			err = review.Wrap(review.CodeInternal, fmt.Errorf("panic: %v", p), "something went wrong")
		}
	}()
	if err := fn(t); err != nil {
		return err
	}
	return t.failed
}

func unservable(err error) bool { return review.CodeOf(err) == review.CodeUnavailable }

// tend refreshes the planner's statistics; it may fail, for nothing depends on it.
func (w *writer) tend() {
	w.written = 0
	if w.session == nil {
		return
	}
	ctx, cancel := w.dialect.limit()
	defer cancel()
	if err := w.dialect.tend(ctx, w.session.conn); err != nil {
		w.logger.Warn("the planner's statistics could not be refreshed", "error", err)
	}
}

// drop closes the connection; the next group opens another. After a fault nothing
// is taken for granted about its state.
func (w *writer) drop() {
	if w.session != nil {
		w.session.close()
		w.session = nil
	}
}
