package salon

import (
	"encoding/json"
	"fmt"
)

// Sentence is something to be said on a page in the reader's language: Key is
// the English sentence and the catalogue key of its translations, Args fill its
// verbs. An Arg that is a Word is a catalogue key itself, one that is Cents is
// money, one that is a Day is a date; all others are shown as they are.
type Sentence struct {
	Key  string
	Args []any
}

// Word is an argument that is to be translated too.
type Word string

// Cents is an argument that is an amount in the currency's minor unit.
type Cents int64

func (c Cents) String() string { return fmt.Sprintf("%d.%02d", int64(c)/100, int64(c)%100) }

// Say makes a Sentence.
func Say(key string, args ...any) Sentence { return Sentence{Key: key, Args: args} }

// String is the sentence in English.
func (s Sentence) String() string {
	if len(s.Args) == 0 {
		return s.Key
	}
	return fmt.Sprintf(s.Key, s.Args...)
}

// sentenceArg is one argument in JSON, with its kind.
type sentenceArg struct {
	Word  *Word   `json:"word,omitempty"`
	Cents *Cents  `json:"cents,omitempty"`
	Day   *Day    `json:"day,omitempty"`
	N     *int    `json:"n,omitempty"`
	Text  *string `json:"text,omitempty"`
}

type sentenceJSON struct {
	Key  string        `json:"key"`
	Args []sentenceArg `json:"args,omitempty"`
}

// MarshalJSON keeps what kind each argument is.
func (s Sentence) MarshalJSON() ([]byte, error) {
	out := sentenceJSON{Key: s.Key}
	for _, a := range s.Args {
		switch a := a.(type) {
		case Word:
			out.Args = append(out.Args, sentenceArg{Word: &a})
		case Cents:
			out.Args = append(out.Args, sentenceArg{Cents: &a})
		case Day:
			out.Args = append(out.Args, sentenceArg{Day: &a})
		case int:
			out.Args = append(out.Args, sentenceArg{N: &a})
		case string:
			out.Args = append(out.Args, sentenceArg{Text: &a})
		default:
			return nil, fmt.Errorf("an argument of %q is a %T", s.Key, a)
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON is the way back.
func (s *Sentence) UnmarshalJSON(b []byte) error {
	var in sentenceJSON
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	*s = Sentence{Key: in.Key}
	for _, a := range in.Args {
		switch {
		case a.Word != nil:
			s.Args = append(s.Args, *a.Word)
		case a.Cents != nil:
			s.Args = append(s.Args, *a.Cents)
		case a.Day != nil:
			s.Args = append(s.Args, *a.Day)
		case a.N != nil:
			s.Args = append(s.Args, *a.N)
		case a.Text != nil:
			s.Args = append(s.Args, *a.Text)
		default:
			return fmt.Errorf("an argument of %q has no kind", in.Key)
		}
	}
	return nil
}
