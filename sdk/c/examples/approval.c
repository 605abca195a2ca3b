/* Asks a person, and does not wait for ever. */
#include <cairn.h>
#include <string.h>

cairn_result cairn_run(const char *input)
{
    const cairn_value *given = cairn_read(input);
    const char *text = cairn_text(cairn_field(given, "text")), *editor = cairn_text(cairn_field(given, "editor"));
    int64_t patience = cairn_integer(cairn_field(given, "patience_ms"), -1);
    if (!text || !editor || patience < 0)
        return cairn_fail("bad_data", "the input has a text, an editor and patience_ms", NULL);

    enum { ANSWER, TOO_LATE };
    const cairn_operation either[] = {
        [ANSWER] = cairn_ask("approve", editor, cairn_json("{'title': 'Publish this?', 'text': %s, 'choices': ['yes', 'no']}", text)),
        [TOO_LATE] = cairn_sleep("approve.deadline", (uint64_t)patience),
    };
    if (cairn_first(either, 2) == TOO_LATE) {
        cairn_cancel(either[ANSWER]);
        return cairn_fail("timeout", cairn_format("%s did not answer", editor), NULL);
    }

    cairn_result answer = cairn_wait(either[ANSWER]);
    if (!answer.ok)
        return answer;
    const cairn_value *said = cairn_read(answer.value);
    const char *choice = cairn_text(cairn_field(said, "choice")), *by = cairn_text(cairn_field(said, "by"));
    if (!strcmp(choice, "yes"))
        return cairn_ok(cairn_json("%s", cairn_format("published; %s agreed", by)));
    return cairn_fail("rejected", cairn_format("%s did not agree", by), NULL);
}
