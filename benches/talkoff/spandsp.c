/* The digits spandsp's DTMF receiver hears in 16-bit 8 kHz samples on stdin: one line each,
 * the digit and the sample at which the packet of 20 ms that told it ended.
 *
 * cc -O2 -o spandsp spandsp.c -lspandsp */
#include <stdint.h>
#include <stdio.h>

#include <spandsp.h>

enum { PACKET = 160 };

static long heard;

static void told(void *unused, const char *digits, int count)
{
    (void) unused;
    for (int i = 0; i < count; i++)
        printf("%c %ld\n", digits[i], heard);
}

int main(void)
{
    dtmf_rx_state_t *receiver = dtmf_rx_init(NULL, told, NULL);
    int16_t packet[PACKET];
    size_t samples;

    while ((samples = fread(packet, sizeof packet[0], PACKET, stdin)) > 0) {
        heard += (long) samples;
        dtmf_rx(receiver, packet, (int) samples);
    }
    dtmf_rx_free(receiver);
    return 0;
}
