package handoff

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
)

// Figures are what somebody on duty looks at: how long people wait and whether a
// human answers. They name no resident and rank nobody.
type Figures struct {
	Waiting   int            // in the line now
	Oldest    time.Time      // since when the one waits who has waited longest for a human's word, in the line or in a talk; zero: nobody
	ByHour    [24]int        // who waits in the line now, by the hour in which they began to
	ByArea    map[string]int // and by where their case stands; "" = no area
	Load      map[string]int // alias → talks in hands, sleeping ones apart
	Sleeping  int
	Opened    int // cases that were opened in the stretch
	Answered  int // and got a human's word
	Bounced   int // and came back to the line at least once
	Left      int // and were left by the resident before a human answered
	Median    time.Duration
	Ninetieth time.Duration // nine of ten had their first human word within it
}

// Overview counts what stands on the desk now and what was opened since from.
func (d *Desk) Overview(ctx context.Context, from time.Time, zone *time.Location) (Figures, error) {
	waiting, err := d.Queue(ctx)
	if err != nil {
		return Figures{}, err
	}
	held, err := d.Mine(ctx, "")
	if err != nil {
		return Figures{}, err
	}
	ids, err := d.rdb.ZRangeByScore(ctx, closedKey, &redis.ZRangeBy{
		Min: strconv.FormatInt(from.UnixMilli(), 10), Max: "+inf", // whoever was opened since was closed since
	}).Result()
	if err != nil {
		return Figures{}, wrap("overview", err)
	}
	closed, err := d.rows(ctx, ids)
	if err != nil {
		return Figures{}, wrap("overview", err)
	}
	all := make([]Case, 0, len(waiting)+len(held)+len(closed))
	for _, r := range slices.Concat(waiting, held, closed) {
		all = append(all, r.Case)
	}
	return figures(all, from, zone), nil
}

// figures counts cases, each once: one that moved between two readings may come twice.
func figures(all []Case, from time.Time, zone *time.Location) Figures {
	f := Figures{ByArea: map[string]int{}, Load: map[string]int{}}
	var firsts []time.Duration
	seen := map[string]bool{}
	for _, c := range all {
		if seen[string(c.ID)] {
			continue
		}
		seen[string(c.ID)] = true
		f.now(c, zone)
		if c.Opened.Before(from) {
			continue
		}
		f.Opened++
		if c.Bounced > 0 {
			f.Bounced++
		}
		switch {
		case !c.First.IsZero():
			f.Answered++
			firsts = append(firsts, c.First.Sub(c.Opened))
		case c.State == Closed && c.Why == WhyLeft:
			f.Left++
		}
	}
	slices.Sort(firsts)
	f.Median, f.Ninetieth = rankOf(firsts, 50), rankOf(firsts, 90)
	return f
}

// now counts where a case stands.
func (f *Figures) now(c Case, zone *time.Location) {
	if c.Open() && !c.Waits.IsZero() && (f.Oldest.IsZero() || c.Waits.Before(f.Oldest)) {
		f.Oldest = c.Waits
	}
	switch {
	case c.State == Waiting:
		f.Waiting++
		f.ByArea[c.Area]++
		if !c.Waits.IsZero() {
			f.ByHour[c.Waits.In(zone).Hour()]++
		}
	case c.State == Snoozed:
		f.Sleeping++
	case c.Busy():
		f.Load[c.Staff.Alias]++
	}
}

// rankOf is the value that p of a hundred do not exceed; 0 of nothing.
func rankOf(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)*p+99)/100-1]
}
