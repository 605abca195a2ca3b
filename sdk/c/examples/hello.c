/* A step, a sleep and an event. */
#include <cairn.h>
#include <stdio.h>
#include <unistd.h>

cairn_result cairn_run(const char *input)
{
    const char *name = cairn_text(cairn_field(cairn_read(input), "name"));
    if (!name)
        return cairn_fail("bad_data", "the input has no name", NULL);

    cairn_result greeting;
    cairn_step step = cairn_begin("greet", NULL);
    while (cairn_attempt(&step, &greeting))
        cairn_end(&step, cairn_ok(cairn_json("%s", cairn_format("Hello, %s!", name))));
    if (!greeting.ok)
        return greeting;
    const char *hello = cairn_text(cairn_read(greeting.value));
    puts(hello);

    usleep(200 * 1000);

    cairn_result answer = cairn_wait(cairn_receive("answer", "answer", NULL));
    if (!answer.ok)
        return answer;
    const char *word = cairn_text(cairn_field(cairn_field(cairn_read(answer.value), "data"), "word"));
    return cairn_ok(cairn_json("%s", cairn_format("%s %s said %s.", hello, name, word ? word : "nothing")));
}
