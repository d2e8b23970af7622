// Package salon knows the words and rules of the trade: clients, staff,
// services, appointments, sales, taxes, who may do what, and how an error is
// said to a person. It knows nothing of databases, pages or files.
//
// # Glossary
//
//   - Client: a person the salon serves. Walk-in: an anonymous sale, no client.
//   - Staff: a person who works here, or the house itself (Person false), which
//     sells but is nobody.
//   - Service: what is done. Product: what is sold over the counter.
//   - Appointment: one service, one staff member, one day; Visit is its view.
//   - Sale: one closed receipt with lines, taxes and payments; never edited.
//   - Act: something a person may or may not do. Reach: on whose records.
//   - Restore point: a sealed copy of the whole salon that can be brought back.
//   - Mask: what stands in place of a phone number or e-mail address for
//     everybody who has no right to see it.
package salon
