# language: nl
Functionaliteit: Fasen en doelen
  Een casus gaat van aanmelding naar triage, casusoverleg en afschaling (artikel 1.18 tot en met 1.21 en Bijlage 2).
  In elke fase is de kring van organisaties zo klein als kan, en elk gegeven gaat voor een doel van die fase.

  Regel: Tot de triage is een casus iets tussen de melder en het huis (1.18)

    @regel-1.18 @toegestaan
    Scenario: In triage mag het huis een andere partij bij de casus betrekken
      Gegeven een casus in triage, aangemeld door de gemeente
      Als het huis de GGD om een sleutel voor deze casus vraagt
      Dan mag het bericht worden verstuurd

    @regel-1.18 @geweigerd
    Scenario: In aanmelding hoort nog geen andere partij van de casus
      Gegeven een casus in aanmelding, aangemeld door de gemeente
      Als het huis de GGD om een sleutel voor deze casus vraagt
      Dan wordt het bericht geweigerd op regel 1.18
      En leest de afzender: Tot de triage gaat een casus alleen tussen melder en huis. Wacht met anderen tot de triage.

  Regel: In triage vraagt het huis elke partij apart (1.19)

    @regel-1.19 @toegestaan
    Scenario: De procesregisseur stelt één partij een vraag over de betrokkene
      Gegeven een casus in triage, aangemeld door de gemeente
      En de GGD en de politie zijn in de triage bevraagd
      Als het huis aan de GGD vraagt wat zij van de betrokkene weet, om een eerste beeld te vormen
      Dan mag het bericht worden verstuurd

    @regel-1.19 @geweigerd
    Scenario: Een vraag gaat niet tegelijk naar twee partijen, want dan weten zij van elkaar dat zij zijn bevraagd
      Gegeven een casus in triage, aangemeld door de gemeente
      En de GGD en de politie zijn in de triage bevraagd
      Als het huis aan de GGD vraagt wat zij van de betrokkene weet, om een eerste beeld te vormen
      En het bericht gaat ook naar de politie
      Dan wordt het bericht geweigerd op regel 1.19
      En leest de afzender: Stuur ieder een eigen bericht, zodat niemand ziet wie nog meer is benaderd.

    @regel-1.19 @toegestaan
    Scenario: De reclassering antwoordt voor het eerst op een vraag
      Gegeven een casus in triage, aangemeld door de gemeente
      En de reclassering is in de triage bevraagd
      En de reclassering heeft deze vraag nog niet beantwoord
      Als de reclassering antwoordt dat de betrokkene bekend is, met diens toestemming voor deze casus en fase
      Dan mag het bericht worden verstuurd

    @regel-1.19 @geweigerd
    Scenario: Op een vraag komt één antwoord
      Gegeven een casus in triage, aangemeld door de gemeente
      En de reclassering is in de triage bevraagd
      En de reclassering heeft deze vraag al beantwoord
      Als de reclassering antwoordt dat de betrokkene bekend is, met diens toestemming voor deze casus en fase
      Dan wordt het bericht geweigerd op regel 1.19
      En leest de afzender: Hierop is al geantwoord. Wacht op een nieuwe vraag.

  Regel: In het casusoverleg delen alleen de deelnemers met elkaar (1.20)

    @regel-1.20 @toegestaan
    Scenario: De reclassering deelt de woonsituatie met een deelnemer
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering neemt deel aan het overleg
      En de burgemeester neemt deel aan het overleg
      Als de reclassering de woonsituatie van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan mag het bericht worden verstuurd

    @regel-1.20 @geweigerd
    Scenario: Wie in triage is bevraagd, is daarmee nog geen deelnemer
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering neemt deel aan het overleg
      En de burgemeester is in de triage bevraagd
      Als de reclassering de woonsituatie van de betrokkene geeft aan de burgemeester, voor het gezamenlijke beeld
      Dan wordt het bericht geweigerd op regel 1.20 en 9.6
      En leest de afzender: In het casusoverleg delen alleen huis en toegelaten deelnemers. Laat het huis dit adres eerst uitnodigen.

    @regel-1.20 @toegestaan
    Scenario: Het huis nodigt de jeugdbescherming uit omdat besloten is tot een overleg
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de jeugdbescherming is in de triage bevraagd
      En het huis besloot dat de casus naar het overleg gaat
      Als het huis de jeugdbescherming uitnodigt voor het overleg
      Dan mag het bericht worden verstuurd

    @regel-1.20 @geweigerd
    Scenario: Zonder besluit is er geen overleg om voor uit te nodigen
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de jeugdbescherming is in de triage bevraagd
      En er is geen besluit vastgelegd
      Als het huis de jeugdbescherming uitnodigt voor het overleg
      Dan wordt het bericht geweigerd op regel 1.20
      En leest de afzender: De afspraak waarop dit rust is in deze casus niet bekend. Noem het bericht waarin zij staat.

  Regel: Bij afschaling krijgt alleen wie de casus overneemt nog gegevens (1.21)

    @regel-1.21 @toegestaan
    Scenario: De reclassering geeft de casusregisseur wat die voor de overdracht nodig heeft
      Gegeven een casus in afschaling, aangemeld door de gemeente
      En de reclassering en Veilig Thuis nemen deel aan het overleg
      En de casusregie ligt bij Veilig Thuis
      Als de reclassering de woonsituatie van de betrokkene geeft aan Veilig Thuis, om de casus over te dragen
      Dan mag het bericht worden verstuurd

    @regel-1.21 @geweigerd
    Scenario: Wie de casusregie niet heeft, krijgt bij afschaling niets meer
      Gegeven een casus in afschaling, aangemeld door de gemeente
      En de reclassering en Veilig Thuis nemen deel aan het overleg
      En de casusregie ligt bij de gemeente
      Als de reclassering de woonsituatie van de betrokkene geeft aan Veilig Thuis, om de casus over te dragen
      Dan wordt het bericht geweigerd op regel 1.21
      En leest de afzender: In de afschaling ontvangen alleen het huis en de casusregisseur. Haal deze ontvanger weg.

  Regel: Elk doel hoort bij een fase (B2)

    @regel-B2 @toegestaan
    Scenario: Een aanmelding dient om de criteria te toetsen
      Gegeven een casus in aanmelding, aangemeld door de gemeente
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      Dan mag het bericht worden verstuurd

    @regel-B2 @geweigerd
    Scenario: Het plan volgen hoort bij het casusoverleg en niet bij de aanmelding
      Gegeven een casus in aanmelding, aangemeld door de gemeente
      Als de gemeente de casus aanmeldt om het plan te volgen
      Dan wordt het bericht geweigerd op regel B2
      En leest de afzender: Dit doel hoort bij een andere fase. Kies een doel van deze fase.

  Regel: Geen fase wordt overgeslagen, en afschalen wordt in het overleg besloten (B2-out)

    @regel-B2-out @toegestaan
    Scenario: Na de triage komt het casusoverleg
      Gegeven een casus in triage, aangemeld door de gemeente
      Als het huis besluit de casus van triage naar casusoverleg te brengen
      Dan mag het bericht worden verstuurd

    @regel-B2-out @geweigerd
    Scenario: Van triage gaat een casus niet meteen naar afschaling
      Gegeven een casus in triage, aangemeld door de gemeente
      Als het huis besluit de casus van triage naar afschaling te brengen
      Dan wordt het bericht geweigerd op regel B2-out
      En leest de afzender: Deze overgang bestaat niet. Geen fase wordt overgeslagen of opnieuw geopend.

    @regel-B2-out @toegestaan
    Scenario: De deelnemers besluiten in het overleg tot afschaling
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering neemt deel aan het overleg
      Als het huis besluit de casus van casusoverleg naar afschaling te brengen
      En het besluit noemt het verslag van het overleg waarin het viel
      Dan mag het bericht worden verstuurd

    @regel-B2-out @geweigerd
    Scenario: Zonder overleg wordt er niet afgeschaald
      Gegeven een casus in casusoverleg, aangemeld door de gemeente
      En de reclassering neemt deel aan het overleg
      Als het huis besluit de casus van casusoverleg naar afschaling te brengen
      Dan wordt het bericht geweigerd op regel B2-out
      En leest de afzender: Afschalen of casusregie beleggen wordt in het casusoverleg besloten. Leg het verslag ervan vast en noem het.
