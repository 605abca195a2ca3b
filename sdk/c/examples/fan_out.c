/* Many calls at once, then their sum. */
#include <cairn.h>
#include <stdlib.h>

cairn_result cairn_run(const char *input)
{
    const cairn_value *files = cairn_field(cairn_read(input), "files");
    if (!files)
        return cairn_fail("bad_data", "the input has no files", NULL);

    cairn_operation *parsed = calloc(files->count + 1, sizeof *parsed);
    size_t begun = 0;
    for (const cairn_value *file = files->first; file; file = file->next)
        parsed[begun++] = cairn_call(cairn_key("rows/file[%s]/parse", cairn_text(file)), "rows.parse", cairn_json("{'file': %s}", cairn_text(file)), NULL);

    long long rows = 0;
    for (size_t i = 0; i < begun; i++) {
        cairn_result one = cairn_wait(parsed[i]);
        if (!one.ok)
            return one;
        rows += cairn_integer(cairn_field(cairn_read(one.value), "rows"), 0);
    }
    return cairn_ok(cairn_json("%lld", rows));
}
