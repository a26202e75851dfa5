package demo

import (
	"math"
	"sort"
	"time"
)

// Reach is how long before now sample traffic begins at the earliest.
const Reach = (days + 1) * 24 * time.Hour

// days is how many whole days before today the traffic reaches back.
const days = 13

// hourly is how much of a day's traffic has passed at each full hour, UTC.
var hourly = [25]float64{0, .012, .02, .026, .031, .037, .046, .064, .098, .155, .225, .295, .36, .42, .485, .555, .625, .69, .745, .795, .845, .89, .93, .968, 1}

// daily is how busy a weekday is, Sunday first.
var daily = [7]float64{.42, 1.08, 1.12, 1.1, 1.04, .92, .5}

// calendar spreads traffic over the days: busy afternoons, quiet nights and weekends.
type calendar struct {
	first  time.Time // midnight
	passed []float64 // how much has passed at the end of each day, the last one being today up to now
}

func newCalendar(now time.Time) calendar {
	now = now.UTC()
	c := calendar{first: now.Truncate(24 * time.Hour).Add(-days * 24 * time.Hour)}
	sum := 0.0
	for i := range days + 1 {
		weight := daily[c.first.AddDate(0, 0, i).Weekday()]
		if i == days {
			weight *= passedOf(now)
		}
		sum += weight
		c.passed = append(c.passed, sum)
	}
	return c
}

// passedOf is the share of a day's traffic that has passed at a moment of it.
func passedOf(at time.Time) float64 {
	elapsed := at.Sub(at.Truncate(24 * time.Hour)).Hours()
	hour := int(elapsed)
	return hourly[hour] + (elapsed-math.Floor(elapsed))*(hourly[hour+1]-hourly[hour])
}

// at is the moment at which a share of all the traffic has passed.
func (c calendar) at(share float64) time.Time {
	wanted := min(1, share) * c.passed[days]
	day := min(sort.SearchFloat64s(c.passed, wanted), days)
	if day > 0 {
		wanted -= c.passed[day-1]
	}
	midnight := c.first.AddDate(0, 0, day)
	within := min(1, wanted/daily[midnight.Weekday()])
	hour := min(max(0, sort.SearchFloat64s(hourly[:], within)-1), 23)
	hours := float64(hour) + (within-hourly[hour])/(hourly[hour+1]-hourly[hour])
	return midnight.Add(time.Duration(hours * float64(time.Hour)))
}

// wave tells whether many users have just been told of a trick, and try it: on two days, and lately.
func (c calendar) wave(at time.Time, share float64) bool {
	if share > 1-lastWave {
		return true
	}
	day := int(at.Sub(c.first) / (24 * time.Hour))
	return waveDays[days-day] && at.Hour() >= 10 && at.Hour() < 19
}

// lastWave is the share of all the traffic that is in the last wave.
const lastWave = 0.012

// waveDays are the days of the earlier ones, counted back from today.
var waveDays = map[int]bool{5: true, 9: true}

// Analysts work from seven to seven on weekdays, and a few hours in the middle of other days, UTC.
func shiftOf(at time.Time) (from, until int) {
	if day := at.Weekday(); day == time.Saturday || day == time.Sunday {
		return 9, 14
	}
	return 7, 19
}

// onDuty is the moment itself when somebody works then, else the next time that somebody begins.
func onDuty(at time.Time) time.Time {
	at = at.UTC()
	midnight := at.Truncate(24 * time.Hour)
	from, until := shiftOf(at)
	switch {
	case at.Before(midnight.Add(time.Duration(from) * time.Hour)):
		return midnight.Add(time.Duration(from) * time.Hour)
	case at.Before(midnight.Add(time.Duration(until) * time.Hour)):
		return at
	}
	next := midnight.Add(24 * time.Hour)
	from, _ = shiftOf(next)
	return next.Add(time.Duration(from) * time.Hour)
}
