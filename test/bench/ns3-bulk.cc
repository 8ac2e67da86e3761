// ns-3's side of the benchmark: one bulk transfer over one link, TcpLinuxReno, a trace callback for every packet.
// Arguments: megabytes to transfer, window in bytes. Prints one line of JSON for run.mjs: packets, and seconds from set-up to the end.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <ns3/applications-module.h>
#include <ns3/core-module.h>
#include <ns3/internet-module.h>
#include <ns3/network-module.h>
#include <ns3/point-to-point-module.h>
#include <ns3/traffic-control-module.h>

using namespace ns3;

namespace
{

uint64_t packets = 0;
uint64_t bytes = 0;

// What is seen of each packet is counted, so that nobody can say that it was not looked at.
void
Seen(Ptr<const Packet> packet, Ptr<Ipv4>, uint32_t)
{
    packets++;
    bytes += packet->GetSize();
}

} // namespace

int
main(int argc, char** argv)
{
    if (argc != 3)
    {
        std::fprintf(stderr, "usage: %s MEGABYTES WINDOW-BYTES\n", argv[0]);
        return 2;
    }
    const uint64_t total = std::strtoull(argv[1], nullptr, 10) * 1'000'000;
    const uint32_t window = std::strtoul(argv[2], nullptr, 10);
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t processor = std::clock();

    Config::SetDefault("ns3::TcpL4Protocol::SocketType", TypeIdValue(TcpLinuxReno::GetTypeId()));
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1448));
    Config::SetDefault("ns3::TcpSocket::InitialCwnd", UintegerValue(10));
    Config::SetDefault("ns3::TcpSocket::SndBufSize", UintegerValue(window));
    Config::SetDefault("ns3::TcpSocket::RcvBufSize", UintegerValue(window));
    Config::SetDefault("ns3::TcpSocketBase::Sack", BooleanValue(true));
    Config::SetDefault("ns3::TcpSocketBase::Timestamp", BooleanValue(true));

    NodeContainer nodes;
    nodes.Create(2);
    PointToPointHelper link;
    link.SetDeviceAttribute("DataRate", StringValue("1Gbps"));
    link.SetChannelAttribute("Delay", StringValue("5ms"));
    // No loss: the queue holds whatever a window sends at once.
    link.SetQueue("ns3::DropTailQueue", "MaxSize", StringValue("100000p"));
    const NetDeviceContainer devices = link.Install(nodes);
    InternetStackHelper stack;
    stack.Install(nodes);
    Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    const Ipv4InterfaceContainer interfaces = addresses.Assign(devices);
    TrafficControlHelper().Uninstall(devices);

    PacketSinkHelper sink("ns3::TcpSocketFactory", InetSocketAddress(Ipv4Address::GetAny(), 80));
    ApplicationContainer server = sink.Install(nodes.Get(1));
    server.Start(Seconds(0));
    BulkSendHelper source("ns3::TcpSocketFactory", InetSocketAddress(interfaces.GetAddress(1), 80));
    source.SetAttribute("MaxBytes", UintegerValue(total));
    // Whole segments, and many at once: with the default of 512 bytes it is slower and sends more packets.
    source.SetAttribute("SendSize", UintegerValue(100 * 1448));
    source.Install(nodes.Get(0)).Start(MilliSeconds(10));
    for (uint32_t node = 0; node < nodes.GetN(); node++)
    {
        nodes.Get(node)->GetObject<Ipv4L3Protocol>()->TraceConnectWithoutContext("Tx", MakeCallback(&Seen));
    }

    Simulator::Run();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    const double taken = double(std::clock() - processor) / CLOCKS_PER_SEC;
    const uint64_t received = DynamicCast<PacketSink>(server.Get(0))->GetTotalRx();
    if (received != total)
    {
        std::fprintf(stderr, "%llu of %llu bytes arrived\n", (unsigned long long)received, (unsigned long long)total);
        return 1;
    }
    std::printf("{\"packets\": %llu, \"taken\": {\"wall\": %.6f, \"processor\": %.6f}}\n",
                (unsigned long long)packets,
                wall.count(),
                taken);
    Simulator::Destroy();
    return 0;
}
