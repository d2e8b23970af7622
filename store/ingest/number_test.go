package ingest

import (
	"math"
	"testing"
)

func TestNumbersAreReadExactly(t *testing.T) {
	for _, c := range []struct {
		in      string
		decimal byte
		want    int64
	}{
		{"82", '.', 82 * e8}, {"4.1", '.', 410_000_000}, {"1.5365", '.', 153_650_000}, {"-50.4", '.', -5_040_000_000},
		{"−2.52", '.', -252_000_000}, {"(12.30)", '.', -1_230_000_000}, {"5.00-", '.', -500_000_000}, {"+7", '.', 7 * e8},
		{".5", '.', 50_000_000}, {"5.", '.', 5 * e8}, {"1,234.50", '.', 123_450_000_000}, {"1 234,50", ',', 123_450_000_000},
		{"1.234,5", ',', 123_450_000_000}, {"1'234.5", '.', 123_450_000_000}, {"$1,000", '.', 1000 * e8}, {"-$12.50", '.', -1_250_000_000},
		{"$-12.50", '.', -1_250_000_000}, {"CA$ 3", '.', 3 * e8}, {"CAD 3.25", '.', 325_000_000}, {"3,25 €", ',', 325_000_000},
		{"3.25 EUR", '.', 325_000_000}, {"0.125", '.', 12_500_000}, {"1.5365000000000002", '.', 153_650_000},
		{"92233720368.54775807", '.', math.MaxInt64}, {"\u00a042\u00a0", '.', 42 * e8},
	} {
		got, complaint := number(c.in, c.decimal)
		if complaint != "" || got.E8 != c.want {
			t.Errorf("%q with %q: %d %s, want %d", c.in, c.decimal, got.E8, complaint, c.want)
		}
	}
	for _, in := range []string{"", "-", ".", "abc", "12a", "1,23", "12,50", "1,2345", "12,34,567", "1e5", "NaN", "Infinity", "1.2.3",
		"--5", "92233720368.54775808", "92233720369", "99999999999999999999999", "1 2", "1,,234", ",123", "12:30", "(5", "٣"} {
		if got, complaint := number(in, '.'); complaint == "" {
			t.Errorf("%q was read as %s", in, got.text())
		}
	}
}

func TestNumberSaysItself(t *testing.T) {
	for in, want := range map[string]string{"82": "82", "-0.05": "-0.05", "4.10": "4.1", "-12": "-12", "0": "0", "0.00000001": "0.00000001"} {
		if v, _ := number(in, '.'); v.text() != want {
			t.Errorf("%s is said as %s", in, v.text())
		}
	}
}

func TestWholeUnitsTakeHalvesAwayFromZero(t *testing.T) {
	for in, want := range map[string]int64{"0.005": 1, "-0.005": -1, "0.0049": 0, "-0.0049": 0, "1.25": 125, "2.995": 300, "-2.995": -300} {
		v, _ := number(in, '.')
		if got, _ := v.whole(e8Cent); got != want {
			t.Errorf("%s is %d cents, want %d", in, got, want)
		}
	}
}

func TestDecimalSignIsProvedOrNot(t *testing.T) {
	for in, want := range map[string]byte{"82": 0, "1,234": 0, "1.234": 0, "1,234.5": '.', "1.234,5": ',', "12,50": ',', "12.5": '.', "1,234,567": '.',
		"0.125": '.', "0,125": ',', "1234.567": '.', "-3,2 €": ',', "": 0, "abc": 0, "1.2.3": ','} {
		if got := decimalProof(in); got != want {
			t.Errorf("%q proves %q, want %q", in, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct {
		in   string
		as   order
		want string
	}{
		{"03/14/2018", monthDay, "2018-03-14"}, {"3/4/2018", monthDay, "2018-03-04"}, {"3/4/2018", dayMonth, "2018-04-03"},
		{"14.03.2018", dayMonth, "2018-03-14"}, {"2018-03-14", monthDay, "2018-03-14"}, {"2018/3/4", yearDay, "2018-03-04"},
		{"2018-03-14T00:00:00", yearDay, "2018-03-14"}, {"3/14/2018 12:00:00 AM", monthDay, "2018-03-14"}, {"02/29/2024", monthDay, "2024-02-29"},
		{"3/14/18", monthDay, "2018-03-14"},
	} {
		if got, complaint := readDay(c.in, c.as); complaint != "" || string(got) != c.want {
			t.Errorf("%s as %s: %s %s, want %s", c.in, c.as, got, complaint, c.want)
		}
	}
	for _, c := range []struct {
		in string
		as order
	}{{"14/03/2018", monthDay}, {"03/14/2018", dayMonth}, {"03/14/2018", yearDay}, {"02/29/2023", monthDay}, {"", monthDay}, {"3/4", monthDay},
		{"0/1/2018", monthDay}, {"2018-13-01", yearDay}, {"03/14/2018 10:30", monthDay}, {"03/14/0018", monthDay}, {"3//2018", monthDay},
		{"43173", monthDay}, {"1/2/3/2018", monthDay}, {"03/14/201", monthDay}} {
		if got, complaint := readDay(c.in, c.as); complaint == "" {
			t.Errorf("%q as %s was read as %s", c.in, c.as, got)
		}
	}
	for in, want := range map[string]order{"03/14/2018": monthDay, "14/03/2018": dayMonth, "04/03/2018": "", "2018-01-02": yearDay, "14/14/2018": "", "x": ""} {
		if got := dateProof(in); got != want {
			t.Errorf("%s proves %q, want %q", in, got, want)
		}
	}
}

func TestTimesOfDay(t *testing.T) {
	for in, want := range map[string]int{"3:50:00 PM": 950, "12:00:00 AM": 0, "12:10 PM": 730, "15:50": 950, "08:05:00": 485, "3:50 p.m.": 950,
		"3:50PM": 950, "00:00": 0, "23:59": 1439} {
		if got, ok := clockTime(in); !ok || int(got) != want {
			t.Errorf("%s: %d %v, want %d", in, got, ok, want)
		}
	}
	for _, in := range []string{"", "25:00", "13:00 PM", "0:10 AM", "10", "10:60", "a:b", "1:2:3:4"} {
		if got, ok := clockTime(in); ok {
			t.Errorf("%q was read as %s", in, got)
		}
	}
}
