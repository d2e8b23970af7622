package salon

// lessonFor is a lesson with the roles that need it; no role is every role.
type lessonFor struct {
	Lesson
	roles []string
}

// ChangesLesson is the lesson that comes back whenever a person's role was
// changed.
const ChangesLesson = "changes"

// Lessons are what somebody in a role learns in their first days, shortest
// first. Roles a salon made itself learn what concerns everybody.
func Lessons(role string) []Lesson {
	var out []Lesson
	for _, l := range allLessons() {
		if len(l.roles) == 0 || has(l.roles, role) {
			out = append(out, l.Lesson)
		}
	}
	return out
}

func allLessons() []lessonFor {
	return append(lessonsAtWork(), lessonsBehind()...)
}

// lessonsAtWork are for people who work with clients.
func lessonsAtWork() []lessonFor {
	desk := []string{"reception", "manager", Owner}
	return []lessonFor{
		{Lesson{Key: "own-account", Title: "Your own sign-in",
			Points: []string{
				"What you do is noted under your name, so sign in as yourself and lock the tablet when you leave it.",
				"Nobody needs your password or your PIN, not even the owner.",
				"If a tablet is lost, say so at once under Incidents: it is locked out in the same minute."},
			Question: "A colleague asks for your PIN because hers does not work. What do you do?",
			Answers:  []string{"I lend it to her for a moment.", "I type it for her.", "I ask her to have hers set anew."}, Right: 2}, nil},
		{Lesson{Key: "contacts", Title: "Why numbers are masked",
			Points: []string{
				"Phone numbers and e-mail addresses stand masked, so that nobody can copy the client list.",
				"When you need one, have it shown and say what for. It stays for 60 seconds and is noted.",
				"You have a number of these a day. When they are used up, a manager can approve one more.",
				"When somebody calls, type their whole number: Salonkeep says whether it belongs to a client."},
			Question: "You want to tell a client that her stylist is late. What do you do?",
			Answers:  []string{"I have the number shown and say why.", "I write the number on a slip for later.", "I ask for the mask to be switched off."}, Right: 0},
			[]string{"reception", "beautician", "manager"}},
		{Lesson{Key: "before-service", Title: "Before you begin",
			Points: []string{
				"Read the allergy line and the last formula before you mix anything.",
				"What you learn about a client's health goes into their health note, never into the general note.",
				"You see the clients you serve. If you need another one, ask for access and say why."},
			Question: "A client tells you about a new allergy. Where do you write it?",
			Answers:  []string{"Into the general note.", "Into the health note.", "I remember it."}, Right: 1},
			[]string{"beautician", "manager"}},
		{Lesson{Key: "ask-first", Title: "Ask first, two people",
			Points: []string{
				"“Ask first” means that somebody who may do it has to approve it. Your form waits for the answer.",
				"“Two people” means that a second person types their own PIN beside you.",
				"Nobody approves their own request, and an approval counts once, for just what you asked."},
			Question: "You got an approval for a refund of 40. The client now wants 60 back. What do you do?",
			Answers:  []string{"I use the approval for 60.", "I ask again for 60.", "I refund 40 now and 20 tomorrow."}, Right: 1}, desk},
	}
}

// lessonsBehind are for people who work behind: rights, money, stock, machines.
func lessonsBehind() []lessonFor {
	return []lessonFor{
		{Lesson{Key: "rights", Title: "Giving and taking rights",
			Points: []string{
				"A new person begins with a role and a trial time, never with a copy of somebody else's rights.",
				"Every right has a reason. What nobody has used for 90 days is proposed to go at the next review.",
				"When somebody leaves, end their access in the same hour: one tap ends sign-in, sessions and exceptions."},
			Question: "Ade helps at reception for one week. What do you do?",
			Answers:  []string{"I give him reception's role for good.", "I give him access until the end of the week.", "I let him use Lucy's sign-in."}, Right: 1},
			[]string{Owner, "manager", "admin"}},
		{Lesson{Key: "money", Title: "Money without names",
			Points: []string{
				"You see receipts and statements, and of clients only the name on a receipt.",
				"A refund takes you and a second person.",
				"Exports are noted with the number of rows, and carry your name."},
			Question: "You need a client's address for an invoice. What do you do?",
			Answers:  []string{"I ask for access and say why.", "I ask a colleague to read it to me.", "I search for it in an export."}, Right: 0},
			[]string{"finance"}},
		{Lesson{Key: "stock", Title: "Orders and counting",
			Points: []string{
				"What you count replaces nothing: the difference is booked and noted under your name.",
				"Orders above your limit wait for an approval."},
			Question: "The shelf holds two fewer than the list. What do you do?",
			Answers:  []string{"I count again and book the difference.", "I wait until it fits again."}, Right: 0},
			[]string{"stock"}},
		{Lesson{Key: "machines", Title: "Helping without seeing clients",
			Points: []string{
				"You see devices, backups and the technical part of the log. You see no clients, and you do not need to.",
				"A backup counts when it was restored and checked, not when it was written.",
				"A restore needs the owner beside you, with the recovery key."},
			Question: "Last night's backup was written but not checked. Is the salon safe?",
			Answers:  []string{"Yes, it was written.", "Not yet: I run it again until it is checked."}, Right: 1},
			[]string{"it"}},
		{Lesson{Key: "protection", Title: "What protects the salon",
			Points: []string{
				"The shield shows when the last checked copy was made. Amber means act today, red means act now.",
				"Alerts come to whoever answers for them. Read them first, and say in a note what you found.",
				"Keep the recovery key where the tablets are not."},
			Question: "The shield is amber. What do you do?",
			Answers:  []string{"I read what it says and do the one thing it asks for.", "I wait for tomorrow's backup."}, Right: 0},
			[]string{Owner, "manager", "admin", "it"}},
	}
}
